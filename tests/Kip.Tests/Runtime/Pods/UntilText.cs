using System.Text;

namespace Kip.Tests.Runtime.Pods;

/// <summary>A stream that ends its writer's wait when a text has come.</summary>
internal sealed class UntilText(string text) : MemoryStream
{
    private readonly CancellationTokenSource _seen = new(TimeSpan.FromSeconds(60));

    public CancellationToken Seen => _seen.Token;

    public string Text => Encoding.UTF8.GetString(ToArray());

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        if (Text.Contains(text)) _seen.Cancel();
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        _seen.Dispose();
        base.Dispose(disposing);
    }
}
