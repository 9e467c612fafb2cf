using Kip.Resources;

namespace Kip.Host.CommandLine;

/// <summary>Reads <c>K=V</c> arguments.</summary>
internal static class KeyValues
{
    /// <exception cref="CommandFailure">One of them has no key or no equals sign.</exception>
    public static StringMap Parse(string option, IReadOnlyList<string>? texts) => StringMap.From((texts ?? []).Select(text =>
    {
        var at = text.IndexOf('=');
        if (at <= 0) throw new CommandFailure($"{option} {text} is not K=V");
        return new KeyValuePair<string, string>(text[..at], text[(at + 1)..]);
    }));
}
