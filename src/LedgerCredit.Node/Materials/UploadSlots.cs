using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Materials;

/// <summary>Bounds how many files are taken at the same time, so that unfinished ones fill no disk. Thread-safe.</summary>
internal sealed class UploadSlots(MaterialLimits limits)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Bytes32, int> _taken = [];
    private int _all;

    /// <summary>Takes a place; dispose of it to give it back. Null where there is none.</summary>
    internal Slot? TryTake(Bytes32 organisation)
    {
        lock (_lock)
        {
            int own = _taken.GetValueOrDefault(organisation);
            if (own >= limits.MaxUploadsPerOrganisation || _all >= limits.MaxUploads)
            {
                return null;
            }

            _taken[organisation] = own + 1;
            _all++;
            return new Slot(this, organisation);
        }
    }

    private void Return(Bytes32 organisation)
    {
        lock (_lock)
        {
            _all--;
            if (--_taken[organisation] == 0)
            {
                _taken.Remove(organisation);
            }
        }
    }

    /// <summary>A place.</summary>
    internal sealed class Slot(UploadSlots slots, Bytes32 organisation) : IDisposable
    {
        public void Dispose() => slots.Return(organisation);
    }
}
