using System.IO.Pipelines;

namespace Kip.Traffic.Direct;

/// <summary>A connection of which something has been read before: its input begins with that.</summary>
internal sealed class BegunTransport(ReadOnlyMemory<byte> read, IDuplexPipe rest) : IDuplexPipe
{
    public PipeReader Input { get; } = new BegunInput(read, rest.Input);

    public PipeWriter Output => rest.Output;
}
