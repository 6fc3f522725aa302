namespace LedgerCredit.Faults.Tests.Torture;

/// <summary>What a run is made of.</summary>
/// <param name="Tool">The program, <c>ledgercredit.dll</c>.</param>
/// <param name="Folder">A new folder for everything.</param>
/// <param name="Rounds">How many rounds; in each a few commands run at once and are killed.</param>
/// <param name="Seed">Chooses commands, sizes and moments. What the machine makes of them is not repeatable.</param>
/// <param name="CheckEvery">Rounds between two checks of everything.</param>
/// <param name="LargestPiece">The most records in one file.</param>
internal sealed record TortureOptions(string Tool, string Folder, int Rounds, int Seed, int CheckEvery, int LargestPiece);

/// <summary>What a run was, once all its promises were found kept.</summary>
/// <param name="Kills">Processes that were running when they were killed.</param>
/// <param name="KillsByCommand">The same by command.</param>
/// <param name="Cuts">How often the connection of the node to the ledger was cut.</param>
/// <param name="Acknowledged">Records that were acknowledged.</param>
/// <param name="Anchors">Anchors on the ledger.</param>
/// <param name="Checks">How often everything was checked.</param>
internal sealed record TortureSummary(int Kills, IReadOnlyDictionary<string, int> KillsByCommand, int Cuts, int Acknowledged, int Anchors, int Checks);
