using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using Kip.Testing.Programs;

namespace Kip.Bench.Api;

/// <summary>Many watchers, twenty to a connection, that note how long ago what they hear of was sent.</summary>
internal sealed class WatcherCrowd : IAsyncDisposable
{
    private const int PerConnection = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<HttpClient> _clients = [];
    private readonly List<Task> _watches = [];
    private readonly CancellationTokenSource _end = new();
    private readonly List<SeenEvent> _seen = [];

    /// <summary>Opens the watches, each of one namespace from now on.</summary>
    public static async Task<WatcherCrowd> StartAsync(KipProgram kip, ApiLoad load, int watchers)
    {
        var crowd = new WatcherCrowd();
        var version = await load.VersionAsync();
        for (var i = 0; i < watchers; i++)
        {
            if (i % PerConnection == 0) crowd._clients.Add(ApiConnection.Open(kip, HttpVersion.Version20));
            var answer = await crowd._clients[^1].GetAsync(
                $"/api/v1/namespaces/{ApiLoad.NamespaceOf(i)}/configmaps?watch=true&allowWatchBookmarks=true&resourceVersion={version}",
                HttpCompletionOption.ResponseHeadersRead);
            answer.EnsureSuccessStatusCode();
            crowd._watches.Add(crowd.FollowAsync(answer));
        }
        return crowd;
    }

    /// <summary>The events since the last call, when as many as are expected have come or patience is at an end.</summary>
    public async Task<IReadOnlyList<SeenEvent>> EventsAsync(int expected)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Patience && Count < expected) await Task.Delay(50);
        lock (_seen)
        {
            SeenEvent[] seen = [.. _seen];
            _seen.Clear();
            return seen;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_watches);
        foreach (var client in _clients) client.Dispose();
        _end.Dispose();
    }

    private int Count
    {
        get
        {
            lock (_seen) return _seen.Count;
        }
    }

    private async Task FollowAsync(HttpResponseMessage answer)
    {
        using (answer)
            try
            {
                var reader = PipeReader.Create(await answer.Content.ReadAsStreamAsync(_end.Token));
                while (true)
                {
                    var read = await reader.ReadAsync(_end.Token);
                    var rest = read.Buffer;
                    while (rest.PositionOf((byte)'\n') is { } end)
                    {
                        Note(rest.Slice(0, end));
                        rest = rest.Slice(rest.GetPosition(1, end));
                    }
                    reader.AdvanceTo(rest.Start, rest.End);
                    if (read.IsCompleted) return;
                }
            }
            catch (OperationCanceledException)
            {
                // The measurement is over.
            }
    }

    private void Note(ReadOnlySequence<byte> line)
    {
        var now = Stopwatch.GetTimestamp();
        ReadOnlySpan<byte> text = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
        var at = text.IndexOf("\"sent\":\""u8);
        if (at < 0 || !Utf8Parser.TryParse(text[(at + 8)..], out long sent, out _)) return;
        lock (_seen) _seen.Add(new(sent, now));
    }
}
