namespace Kip.Brokers.Http;

/// <summary>Counts the bytes of messages that are being taken in at one time.</summary>
/// <param name="most">How many there may be.</param>
internal sealed class IngressLoad(long most)
{
    private long _bytes;

    /// <summary>A message comes in. False: it is too much, and is to be refused; either way <see cref="Leave"/> follows.</summary>
    public bool Enter(long bytes) => Interlocked.Add(ref _bytes, bytes) <= most;

    public void Leave(long bytes) => Interlocked.Add(ref _bytes, -bytes);
}
