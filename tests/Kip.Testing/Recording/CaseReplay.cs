using System.Text;
using System.Text.Json.Nodes;

namespace Kip.Testing.Recording;

/// <summary>Sends a recorded case's requests to a server and compares the answers with the record.</summary>
/// <param name="http">Leads to the server, with credentials.</param>
public sealed class CaseReplay(HttpClient http)
{
    // A safety net for a stream that never says what is waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Dictionary<string, string> _learned = [];

    /// <summary>Replays a case from its file's content.</summary>
    /// <exception cref="InvalidOperationException">An answer was another one; names the case, the step and both.</exception>
    public async Task RunAsync(string json, CancellationToken cancel)
    {
        _learned.Clear();
        var recorded = JsonNode.Parse(json)!;
        foreach (var (step, index) in recorded["steps"]!.AsArray().Select(static (s, i) => (s!.AsObject(), i)))
        {
            var wrong = await StepAsync(step, cancel);
            if (wrong is not null)
                throw new InvalidOperationException($"{recorded["client"]}, {recorded["case"]}, step {index}, {step["method"]} {step["path"]}: {wrong}");
        }
    }

    private async Task<string?> StepAsync(JsonObject step, CancellationToken cancel)
    {
        using var request = RequestOf(step);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        var type = answer.Content.Headers.ContentType?.MediaType ?? "";
        if ((int)answer.StatusCode != step["status"]!.GetValue<int>() || type != step["type"]!.GetValue<string>())
            return $"answered {(int)answer.StatusCode} {type} instead of {step["status"]} {step["type"]}: "
                + $"{await answer.Content.ReadAsStringAsync(patience.Token)}";
        if (step["until"]?.GetValue<string>() is { } until) return await UntilAsync(answer, until, patience.Token);
        // Of a stream the head is the answer.
        if (step["kind"] is null && step["learn"] is null) return null;
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(patience.Token));
        if (body is null) return "answered null";
        foreach (var (place, value) in step["learn"]?.AsObject() ?? [])
        {
            if (At(body, place) is not { } found) return $"{place} is missing: {body.ToJsonString()}";
            _learned[value!.GetValue<string>()] = found;
        }
        return Compare(step, RecordedCase.Essence(body));
    }

    private static string? Compare(JsonObject step, JsonObject essence)
    {
        foreach (var name in (string[])["kind", "reason"])
            if (step[name] is { } expected && essence[name]?.GetValue<string>() != expected.GetValue<string>())
                return $"its {name} is {essence[name]} instead of {expected}";
        foreach (var name in (string[])["fields", "columns"])
        {
            var found = (essence[name]?.AsArray() ?? []).Select(static f => f!.GetValue<string>()).ToHashSet();
            var missing = (step[name]?.AsArray() ?? []).Select(static f => f!.GetValue<string>()).Where(f => !found.Contains(f)).ToArray();
            if (missing.Length > 0) return $"its {name} are {string.Join(", ", found)}: without {string.Join(", ", missing)}";
        }
        return null;
    }

    // What kn waits for: the object ready at its present generation, or gone.
    private static async Task<string?> UntilAsync(HttpResponseMessage answer, string until, CancellationToken cancel)
    {
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancel));
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            var happened = JsonNode.Parse(line)!;
            if (until == "DELETED" ? happened["type"]!.GetValue<string>() == until : IsReady(happened["object"]!)) return null;
        }
        return $"the watch ended before {until}";
    }

    private static bool IsReady(JsonNode seen) =>
        seen["status"]?["observedGeneration"]?.GetValue<long>() == seen["metadata"]!["generation"]!.GetValue<long>()
        && (seen["status"]?["conditions"]?.AsArray() ?? [])
            .Any(static c => c!["type"]!.GetValue<string>() == "Ready" && c["status"]!.GetValue<string>() == "True");

    private HttpRequestMessage RequestOf(JsonObject step)
    {
        var request = new HttpRequestMessage(new HttpMethod(step["method"]!.GetValue<string>()), Replaced(step["path"]!.GetValue<string>()));
        var body = step["body"] is { } text ? Encoding.UTF8.GetBytes(Replaced(text is JsonObject ? text.ToJsonString() : text.GetValue<string>()))
            : step["bodyBase64"] is { } bytes ? ReplacedBytes(Convert.FromBase64String(bytes.GetValue<string>()))
            : null;
        if (body is not null) request.Content = new ByteArrayContent(body);
        foreach (var (name, value) in step["headers"]?.AsObject() ?? [])
            if (!request.Headers.TryAddWithoutValidation(name, value!.GetValue<string>()))
                request.Content?.Headers.TryAddWithoutValidation(name, value.GetValue<string>());
        return request;
    }

    // A version is a small number: it is one only where it is said to be. Everything else that was learned is unmistakable.
    private string Replaced(string text)
    {
        foreach (var (recorded, actual) in _learned)
        {
            text = recorded.All(char.IsAsciiDigit)
                ? text.Replace($"resourceVersion={recorded}", $"resourceVersion={actual}", StringComparison.Ordinal)
                    .Replace($"\"resourceVersion\":\"{recorded}\"", $"\"resourceVersion\":\"{actual}\"", StringComparison.Ordinal)
                    .Replace($"\"resourceVersion\": \"{recorded}\"", $"\"resourceVersion\": \"{actual}\"", StringComparison.Ordinal)
                    .Replace(
                        $"\"path\":\"/metadata/resourceVersion\",\"value\":\"{recorded}\"",
                        $"\"path\":\"/metadata/resourceVersion\",\"value\":\"{actual}\"", StringComparison.Ordinal)
                : text.Replace(recorded, actual, StringComparison.Ordinal)
                    .Replace(Uri.EscapeDataString(recorded), Uri.EscapeDataString(actual), StringComparison.Ordinal);
        }
        return text;
    }

    // Uids have one length, so that a message keeps its shape.
    private byte[] ReplacedBytes(byte[] body)
    {
        var text = Encoding.Latin1.GetString(body);
        foreach (var (recorded, actual) in _learned)
            if (recorded.Length == actual.Length && recorded.Length == 36) text = text.Replace(recorded, actual, StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(text);
    }

    private static string? At(JsonNode? node, string place)
    {
        foreach (var name in place.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(static n => n.Replace("~1", "/", StringComparison.Ordinal)))
            node = node is JsonArray items ? (int.Parse(name) < items.Count ? items[int.Parse(name)] : null) : node?[name];
        return node is JsonValue value ? value.ToString() : null;
    }
}
