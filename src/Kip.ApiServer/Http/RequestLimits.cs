namespace Kip.ApiServer.Http;

/// <summary>How many requests of each sort may be under way, so that a flood of one cannot starve the others or exhaust memory.</summary>
internal sealed class RequestLimits(ApiServerOptions options)
{
    private readonly int[] _room = [options.MaxReads, options.MaxWrites, options.MaxStreams];

    public enum Sort
    {
        Read,
        Write,
        Stream,
    }

    /// <summary>Takes a place, to be given back by <see cref="Leave"/>. False when all are taken: the client should come again.</summary>
    public bool TryEnter(Sort sort)
    {
        if (Interlocked.Decrement(ref _room[(int)sort]) >= 0) return true;
        Interlocked.Increment(ref _room[(int)sort]);
        return false;
    }

    public void Leave(Sort sort) => Interlocked.Increment(ref _room[(int)sort]);
}
