using System.Net;
using Kip.Testing.Programs;

namespace Kip.Bench.Api;

/// <summary>A watcher of everything that does not read what it is sent.</summary>
internal sealed class SlowWatcher : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client;
    private readonly HttpResponseMessage _answer;

    private SlowWatcher(HttpClient client, HttpResponseMessage answer) => (_client, _answer) = (client, answer);

    public static async Task<SlowWatcher> StartAsync(KipProgram kip)
    {
        var client = ApiConnection.Open(kip, HttpVersion.Version11);
        return new(client, await client.GetAsync("/api/v1/configmaps?watch=true", HttpCompletionOption.ResponseHeadersRead));
    }

    /// <summary>Reads at last, and says how the server ended it.</summary>
    public async Task<string> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            using var reader = new StreamReader(await _answer.Content.ReadAsStreamAsync(patience.Token));
            var events = 0;
            while (await reader.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.StartsWith("{\"type\":\"ERROR\"", StringComparison.Ordinal)) return $"told after {events} events: {line}";
                events++;
            }
            return $"ended after {events} events";
        }
        catch (OperationCanceledException)
        {
            return "still fed";
        }
        catch (IOException)
        {
            return "cut";
        }
    }

    public void Dispose()
    {
        _answer.Dispose();
        _client.Dispose();
    }
}
