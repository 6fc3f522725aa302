using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Running;

/// <summary>Something that the node did or found, for its log.</summary>
/// <param name="Kind">Stable kebab-case name of what it is; docs/node.md lists them.</param>
/// <param name="Text">One line for people, with a full stop.</param>
/// <param name="Facts">The same for machines.</param>
public sealed record NodeNote(string Kind, string Text, IReadOnlyList<JsonMember> Facts);
