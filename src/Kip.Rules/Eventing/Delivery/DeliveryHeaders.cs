namespace Kip.Rules.Eventing.Delivery;

/// <summary>Which HTTP headers travel with an event from hop to hop.</summary>
public static class DeliveryHeaders
{
    /// <summary>The namespace of whoever sends; set at each hop, never taken from a client.</summary>
    public const string Namespace = "Kn-Namespace";

    /// <summary>Whether a header of a request, or of an answer with a reply, goes along to the next hop.</summary>
    /// <remarks>The context of traces is told apart: it is not handed on but continued.</remarks>
    public static bool IsForwarded(ReadOnlySpan<char> name) =>
        name.Equals("x-request-id", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("knative-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("x-b3-", StringComparison.OrdinalIgnoreCase);
}
