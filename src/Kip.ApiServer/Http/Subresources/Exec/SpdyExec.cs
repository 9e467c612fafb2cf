using System.Text.Json;
using Kip.ApiServer.Http.Spdy;
using Kip.Client.Pods;
using Kip.Resources;

namespace Kip.ApiServer.Http.Subresources.Exec;

/// <summary>A client that speaks over SPDY: one stream each for input, output, errors, the window's size and the outcome.</summary>
/// <remarks>k8s.io/apimachinery/pkg/util/remotecommand, protocol v4: the client opens the streams and names them in <c>streamType</c>.</remarks>
internal sealed class SpdyExec : IExecConnection, IPodExecClient
{
    private static readonly TimeSpan OpeningTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(5);

    private readonly SpdySession _session;
    private readonly Dictionary<string, SpdyStream> _streams = [];
    private readonly TimeProvider _time;
    private Action<int, int>? _resize;
    private (int Width, int Height)? _size;
    private Task _resizing = Task.CompletedTask;

    private SpdyExec(SpdySession session, TimeProvider time) => (_session, _time) = (session, time);

    public IPodExecClient Client => this;

    public CancellationToken Gone => _session.Ended;

    /// <summary>Waits until the client has opened all streams that it asked for.</summary>
    /// <exception cref="IOException">It has not in time, or has gone.</exception>
    public static async Task<SpdyExec> OpenAsync(SpdySession session, ExecStreams asked, TimeProvider time)
    {
        var exec = new SpdyExec(session, time);
        using var late = new CancellationTokenSource(OpeningTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, session.Ended);
        try
        {
            while (exec._streams.Count < asked.Count)
            {
                var stream = await session.AcceptAsync(either.Token) ?? throw new IOException("the client has gone before it had opened its streams");
                if (!exec._streams.TryAdd(stream.Header("streamtype"), stream)) throw new IOException("the client has opened a stream twice");
            }
        }
        catch (OperationCanceledException)
        {
            throw new IOException("the client has not opened its streams");
        }
        exec._resizing = exec.FollowSizeAsync();
        return exec;
    }

    public ValueTask<ReadOnlyMemory<byte>?> ReadInputAsync(CancellationToken cancel) =>
        _streams.TryGetValue("stdin", out var input) ? input.ReadAsync(cancel) : new((ReadOnlyMemory<byte>?)null);

    public ValueTask WriteOutputAsync(bool isError, ReadOnlyMemory<byte> bytes, CancellationToken cancel) =>
        _streams.TryGetValue(isError ? "stderr" : "stdout", out var output) ? output.WriteAsync(bytes, cancel) : default;

    public void OnResize(Action<int, int> resize)
    {
        _resize = resize;
        if (_size is var (width, height)) resize(width, height);
    }

    public async Task CloseAsync(Status outcome, CancellationToken cancel)
    {
        try
        {
            if (_streams.TryGetValue("error", out var errors))
                await errors.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(outcome, WireJson.Of<Status>()), cancel);
            foreach (var stream in _streams.Values) await stream.EndAsync(cancel);
            // The client closes when it has read all; one that does not is not waited for.
            await Task.WhenAny(_session.Closed, Task.Delay(ClosingTime, _time, cancel));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It has gone before it could be told.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _resizing;
    }

    // One JSON object after the other, cut into pieces anywhere.
    private async Task FollowSizeAsync()
    {
        if (!_streams.TryGetValue("resize", out var sizes)) return;
        var rest = Array.Empty<byte>();
        try
        {
            while (await sizes.ReadAsync(_session.Ended) is { } piece)
            {
                rest = [.. rest, .. piece.Span];
                while (rest.IndexOf((byte)'}') is var end and >= 0)
                {
                    if (ExecChannels.SizeOf(rest.AsSpan(0, end + 1)) is var (width, height)) Resize(width, height);
                    rest = rest[(end + 1)..];
                }
                if (rest.Length > 1024) return;
            }
        }
        catch (OperationCanceledException)
        {
            // It has ended.
        }
    }

    private void Resize(int width, int height)
    {
        _size = (width, height);
        _resize?.Invoke(width, height);
    }
}

/// <summary>Which streams a client asks for, beside that for the outcome.</summary>
internal sealed record ExecStreams(bool Stdin, bool Stdout, bool Stderr, bool Tty)
{
    /// <summary>How many streams it opens.</summary>
    public int Count => 1 + (Stdin ? 1 : 0) + (Stdout ? 1 : 0) + (Stderr && !Tty ? 1 : 0) + (Tty ? 1 : 0);

    public static ExecStreams Of(ApiCall call) => new(
        call.Parameters.Flag("stdin"), call.Parameters.Flag("stdout"), call.Parameters.Flag("stderr"), call.Parameters.Flag("tty"));
}
