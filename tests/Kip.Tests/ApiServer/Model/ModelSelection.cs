using Kip.Resources;

namespace Kip.Tests.ApiServer.Model;

/// <summary>Which objects are the model's, and what its label selectors mean.</summary>
internal static class ModelSelection
{
    public static readonly string[] Names = ["a", "b", "c", "d", "e"];

    public static readonly string[] Selectors = ["", "tier", "!tier", "tier=gold", "tier!=gold", "tier in (gold,tin)", "tier notin (gold)", "tier,tier!=tin"];

    /// <summary>Whether an object is one that the model's operations made.</summary>
    public static bool IsOurs(Resource resource) =>
        Names.Contains(resource.Metadata.Name) || resource.Metadata.Name.StartsWith("gen-", StringComparison.Ordinal);

    public static bool Matches(string selector, ModelObject o) => selector switch
    {
        "" => true,
        "tier" => o.Tier is not null,
        "!tier" => o.Tier is null,
        "tier=gold" => o.Tier == "gold",
        "tier!=gold" => o.Tier != "gold",
        "tier in (gold,tin)" => o.Tier is "gold" or "tin",
        "tier notin (gold)" => o.Tier != "gold",
        "tier,tier!=tin" => o.Tier is not null and not "tin",
        _ => throw new ArgumentOutOfRangeException(nameof(selector), selector, "not one of the model's"),
    };
}
