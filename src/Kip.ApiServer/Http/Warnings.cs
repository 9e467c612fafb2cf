using System.Text;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http;

/// <summary>Tells the client, beside the answer, what it should know: <c>Warning: 299 - "…"</c> headers, which kubectl prints.</summary>
internal static class Warnings
{
    // Some clients refuse answers with more header text than a few kilobytes.
    private const int MaxCharacters = 4096;

    public static void Add(HttpContext http, IEnumerable<string> warnings)
    {
        var room = MaxCharacters;
        foreach (var warning in warnings)
        {
            var header = $"299 - \"{Quote(warning)}\"";
            if ((room -= header.Length) < 0) return;
            http.Response.Headers.Append("Warning", header);
        }
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\');
            // A header is one line of ASCII.
            quoted.Append(c is >= ' ' and <= '~' ? c : '?');
        }
        return quoted.ToString();
    }
}
