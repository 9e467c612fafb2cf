namespace Kip.Rules.Eventing.Delivery;

/// <summary>The extensions that tell a dead letter sink why an event ended there.</summary>
public static class ErrorExtensions
{
    /// <summary>The URL that failed.</summary>
    public const string Destination = "knativeerrordest";

    /// <summary>The last answer's status; 500 when there was no answer.</summary>
    public const string Code = "knativeerrorcode";

    /// <summary>The last answer's body in base64, at most <see cref="MaxData"/> characters.</summary>
    public const string Data = "knativeerrordata";

    /// <summary>The longest <see cref="Data"/>, a multiple of four, so that what is cut still decodes.</summary>
    public const int MaxData = 1024;

    /// <summary>The status as it is told: an attempt without an answer counts as 500.</summary>
    public static int CodeOf(int status) => status == DeliveryOutcome.NoAnswer ? 500 : status;

    /// <summary>The body as it is told; null when there is none.</summary>
    public static string? DataOf(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty) return null;
        return Convert.ToBase64String(body.Length > MaxData / 4 * 3 ? body[..(MaxData / 4 * 3)] : body);
    }
}
