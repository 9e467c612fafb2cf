using System.Runtime.InteropServices;

namespace Kip.ApiServer.Http;

/// <summary>
/// How many requests of each sort may be under way, so that a flood of one cannot starve the others or exhaust memory. No user gets more
/// than three quarters of the places, so that there is room for whoever looks why.
/// </summary>
internal sealed class RequestLimits(ApiServerOptions options)
{
    private readonly Places[] _places = [new(options.MaxReads), new(options.MaxWrites), new(options.MaxStreams)];

    public enum Sort
    {
        Read,
        Write,
        Stream,
    }

    /// <summary>Takes a place, to be given back by <see cref="Leave"/>. False when all are taken: the client should come again.</summary>
    public bool TryEnter(Sort sort, string user) => _places[(int)sort].TryTake(user);

    public void Leave(Sort sort, string user) => _places[(int)sort].GiveBack(user);

    private sealed class Places(int room)
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<string, int> _taken = [];
        private readonly int _roomOfOne = room - (room / 4);
        private int _all;

        public bool TryTake(string user)
        {
            lock (_gate)
            {
                if (_all >= room || _taken.GetValueOrDefault(user) >= _roomOfOne) return false;
                CollectionsMarshal.GetValueRefOrAddDefault(_taken, user, out _)++;
                _all++;
                return true;
            }
        }

        public void GiveBack(string user)
        {
            lock (_gate)
            {
                _all--;
                if (--CollectionsMarshal.GetValueRefOrNullRef(_taken, user) == 0) _taken.Remove(user);
            }
        }
    }
}
