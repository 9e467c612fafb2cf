using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kip.Testing.Fuzzing;

/// <summary>Sends made-up requests to a server and finds those that it answers wrongly: a failure of its own, no answer, or a refusal without words.</summary>
public sealed class Fuzzer(HttpClient http, int seed)
{
    private const int MaxRead = 256 * 1024;
    private const int MaxUnread = 16 * 1024;

    // How long a stream is listened to; no test waits for it to have said anything.
    private static readonly TimeSpan StreamTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The environment variable that says for how many seconds each fuzzing test runs.</summary>
    public const string Variable = "KIP_FUZZ_SECONDS";

    /// <summary>How long to run: what the variable says, else so many seconds.</summary>
    public static TimeSpan Duration(double otherwise) =>
        TimeSpan.FromSeconds(double.TryParse(Environment.GetEnvironmentVariable(Variable), out var asked) ? asked : otherwise);

    /// <summary>How many requests were answered.</summary>
    public int Sent { get; private set; }

    /// <summary>How often each status was answered.</summary>
    public SortedDictionary<int, int> Answers { get; } = [];

    /// <summary>Sends requests one after the other for so long.</summary>
    /// <exception cref="InvalidOperationException">One was answered wrongly: names the seed and the request.</exception>
    public async Task RunAsync(TimeSpan duration, CancellationToken cancel)
    {
        var generator = new FuzzGenerator(new Random(seed), await FuzzTarget.DiscoverAsync(http, cancel));
        for (var since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < duration; Sent++)
        {
            var request = generator.Next();
            if (await SendAsync(request, generator, cancel) is { } wrong)
                throw new InvalidOperationException($"seed {seed}, request {Sent}: {wrong}\n{request}");
        }
    }

    // What is wrong with the answer; null when nothing is.
    private async Task<string?> SendAsync(FuzzRequest made, FuzzGenerator generator, CancellationToken cancel)
    {
        using var request = RequestOf(made);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            var code = (int)answer.StatusCode;
            Answers[code] = Answers.GetValueOrDefault(code) + 1;
            var said = await ReadAsync(answer, made, cancel);
            if (answer.StatusCode == HttpStatusCode.OK && made.Method == "GET" && said.StartsWith('{')) generator.Learn(made.Target, said);
            return code >= 400 ? WrongIn(made, code, said) : null;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"no answer in {Patience.TotalSeconds} s";
        }
        catch (HttpRequestException) when (made.Body is { Length: > MaxUnread })
        {
            // A server may refuse by the head alone and close: who is still sending then finds the connection broken.
            return null;
        }
        catch (HttpRequestException broken)
        {
            return $"no answer: {broken.Message} {broken.InnerException?.Message}";
        }
    }

    private static string? WrongIn(FuzzRequest made, int code, string said)
    {
        // 501: logs where no pods run; 503 and 507: a disk that is full; 504: a version that is still to come.
        if (code is >= 500 and not (501 or 503 or 504 or 507)) return $"{code} {said}";
        // The server itself answers what is no HTTP, without a body.
        if (made.Method == "HEAD" || said.Length == 0 || !said.StartsWith('{')) return null;
        try
        {
            return JsonNode.Parse(said)!["message"]?.GetValue<string>() is { Length: > 0 } ? null : $"{code} without a message: {said}";
        }
        catch (JsonException malformed)
        {
            return $"{code}, and no JSON: {malformed.Message} {said}";
        }
    }

    private static async Task<string> ReadAsync(HttpResponseMessage answer, FuzzRequest made, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        enough.CancelAfter(IsStream(made) ? StreamTime : Patience);
        var buffer = new byte[MaxRead];
        var length = 0;
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(enough.Token);
            while (length < buffer.Length && await body.ReadAsync(buffer.AsMemory(length), enough.Token) is > 0 and var read) length += read;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // A stream that was listened to for long enough.
        }
        return System.Text.Encoding.UTF8.GetString(buffer, 0, length);
    }

    private static bool IsStream(FuzzRequest made) =>
        made.Target.Contains("watch", StringComparison.Ordinal) || made.Target.Contains("follow", StringComparison.Ordinal)
            || made.Target.StartsWith("/kip", StringComparison.Ordinal);

    private HttpRequestMessage RequestOf(FuzzRequest made)
    {
        var target = new Uri(
            http.BaseAddress!.ToString().TrimEnd('/') + made.Target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(made.Method), target);
        if (made.Body is not null) request.Content = new ByteArrayContent(made.Body);
        foreach (var (name, value) in made.Headers)
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content?.Headers.TryAddWithoutValidation(name, value);
        return request;
    }
}
