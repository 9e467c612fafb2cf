using System.Collections;

namespace Kip.Runtime.Networking;

/// <summary>Gives addresses of a subnet in turn, so that one given back is not soon given again: connections to its former pod may linger.</summary>
/// <param name="subnet">The first two and the last of its addresses are never given: the subnet's own, the bridge's, the broadcast.</param>
/// <param name="begin">Where to begin.</param>
public sealed class AddressPool(Subnet subnet, uint begin = 0)
{
    private const uint Reserved = 2;

    private readonly Lock _lock = new();
    private readonly BitArray _taken = new((int)subnet.Size);
    private readonly uint _count = subnet.Size - Reserved - 1;
    private uint _next = begin;

    /// <summary>How many are given.</summary>
    public int Taken { get; private set; }

    /// <summary>The distance of a free address from the subnet's first. Null: all are given.</summary>
    public uint? Take()
    {
        lock (_lock)
        {
            for (uint tried = 0; tried < _count; tried++)
            {
                var offset = Reserved + _next++ % _count;
                if (_taken[(int)offset]) continue;
                _taken[(int)offset] = true;
                Taken++;
                return offset;
            }
            return null;
        }
    }

    public void Release(uint offset)
    {
        lock (_lock)
        {
            if (!_taken[(int)offset]) return;
            _taken[(int)offset] = false;
            Taken--;
        }
    }
}
