using System.Globalization;
using System.Text;
using Kip.Client;
using Kip.Resources;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http;

/// <summary>How a client that writes calls itself: by <c>fieldManager</c>, or by the first word of its User-Agent.</summary>
internal static class FieldManagers
{
    private const int MaxLength = 128;

    /// <summary>The name of a client that creates, replaces or patches.</summary>
    /// <exception cref="ApiException">422: the name is too long or is not text.</exception>
    public static string Of(HttpRequest request)
    {
        if (request.Query.Text("fieldManager") is not { } said) return FromUserAgent(request.Headers.UserAgent.ToString());
        if (Encoding.UTF8.GetByteCount(said) > MaxLength)
            throw Invalid(request, "fieldManager", "FieldValueTooLong", $"Too long: may not be more than {MaxLength} bytes");
        if (!said.EnumerateRunes().All(IsPrintable))
            throw Invalid(request, "fieldManager", "FieldValueInvalid", $"Invalid value: \"{said}\": should only contain printable characters");
        return said;
    }

    /// <summary>The name of a client that applies, which it has to give.</summary>
    /// <exception cref="ApiException">422: there is none, or it is too long or no text.</exception>
    public static string OfApply(HttpRequest request) => request.Query.Text("fieldManager") is null
        ? throw Invalid(request, "fieldManager", "FieldValueRequired", "Required value: is required for apply patch")
        : Of(request);

    /// <summary>Refuses <c>force</c> where nothing can be forced.</summary>
    /// <exception cref="ApiException">422: it is given.</exception>
    public static void RefuseForce(HttpRequest request)
    {
        if (request.Query.ContainsKey("force"))
            throw Invalid(request, "force", "FieldValueForbidden", "Forbidden: may not be specified for non-apply patch");
    }

    // kubectl/v1.33.0 (linux/amd64) … is kubectl. Empty when there is nothing to go by.
    private static string FromUserAgent(string agent)
    {
        var name = new StringBuilder(32);
        foreach (var rune in agent.Split('/')[0].EnumerateRunes())
        {
            if (name.Length + rune.Utf16SequenceLength > MaxLength) break;
            if (IsPrintable(rune)) name.Append(rune.ToString());
        }
        return name.ToString();
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static ApiException Invalid(HttpRequest request, string field, string reason, string message)
    {
        var options = request.Method switch { "POST" => "CreateOptions", "PUT" => "UpdateOptions", _ => "PatchOptions" };
        return new(new Status
        {
            State = "Failure", Code = 422, Reason = StatusReason.Invalid, Message = $"{options}.meta.k8s.io \"\" is invalid: {field}: {message}",
            Details = new StatusDetails
            {
                Group = "meta.k8s.io", Kind = options, Causes = [new StatusCause { Field = field, Reason = reason, Message = message }],
            },
        });
    }
}
