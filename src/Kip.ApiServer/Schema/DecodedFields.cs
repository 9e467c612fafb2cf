using Kip.Resources;

namespace Kip.ApiServer.Schema;

/// <summary>A body as the schema sees it.</summary>
/// <param name="Json">The body with known fields only, nulls and repeated fields resolved: what a kind's serialiser reads without failing.</param>
/// <param name="StrictErrors">What strict field validation complains about: <c>unknown field "spec.foo"</c>, <c>duplicate field "spec.bar"</c>.</param>
/// <param name="TypeError">The first value of a wrong type, in Kubernetes' words; then <paramref name="Json"/> is of no use.</param>
public sealed record DecodedFields(byte[] Json, IReadOnlyList<string> StrictErrors, string? TypeError)
{
    /// <summary>The object, where decoding made it already: a custom resource.</summary>
    public Resource? Object { get; init; }
}
