using System.Text;

namespace Kip.Testing.Fuzzing;

/// <summary>A request that a fuzzer made up. Its text is the command that sends it again.</summary>
/// <param name="Target">Path and query, sent as they are.</param>
/// <param name="Headers">More than once the same name is allowed.</param>
public sealed record FuzzRequest(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body)
{
    private const int ShownBytes = 4096;

    public override string ToString()
    {
        var text = new StringBuilder($"curl -k -X {Method} --path-as-is -g \"$SERVER{Target}\"");
        foreach (var (name, value) in Headers) text.Append($" -H '{name}: {value}'");
        if (Body is { Length: <= ShownBytes }) text.Append($" --data-binary @<(echo {Convert.ToBase64String(Body)} | base64 -d)");
        else if (Body is not null) text.Append($" (with a body of {Body.Length} bytes)");
        return text.ToString();
    }
}
