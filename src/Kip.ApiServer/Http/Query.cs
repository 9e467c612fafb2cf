using System.Globalization;
using Kip.Client;
using Kip.Resources;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http;

/// <summary>Reads query parameters, and says which one is malformed.</summary>
internal static class Query
{
    /// <summary>The parameter's text; null when it is absent or empty.</summary>
    public static string? Text(this IQueryCollection query, string name) => query[name] is [{ Length: > 0 } text, ..] ? text : null;

    /// <summary>As Kubernetes reads it: absent, <c>0</c> and <c>false</c> are false, all else is true.</summary>
    public static bool Flag(this IQueryCollection query, string name) =>
        query[name] is [var text, ..] && text is not "0" && !string.Equals(text, "false", StringComparison.OrdinalIgnoreCase);

    /// <summary>A whole number; null when the parameter is absent.</summary>
    /// <exception cref="ApiException">400: it is not a number.</exception>
    public static long? Number(this IQueryCollection query, string name)
    {
        if (query.Text(name) is not { } text) return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : throw ApiException.BadRequest($"the query parameter {name}={text} is not a whole number");
    }

    /// <summary>Whether only the effect is to be shown.</summary>
    /// <exception cref="ApiException">422: the value is not <c>All</c>.</exception>
    public static bool DryRun(IEnumerable<string?> values)
    {
        var given = values.Where(static v => !string.IsNullOrEmpty(v)).ToList();
        return given.Find(static v => v != "All") is { } wrong ? throw Unsupported("dryRun", wrong, "\"All\"") : given.Count > 0;
    }

    /// <summary>422: a parameter has a value that is not one of those it may have.</summary>
    public static ApiException Unsupported(string parameter, string value, string supported) => ApiException.Of(
        422, StatusReason.Invalid, $"the query parameter is invalid: {parameter}: Unsupported value: \"{value}\": supported values: {supported}");

    /// <summary>422: a parameter must not be given, or not like this.</summary>
    public static ApiException Forbidden(string parameter, string why) =>
        ApiException.Of(422, StatusReason.Invalid, $"the query parameter is invalid: {parameter}: Forbidden: {why}");
}
