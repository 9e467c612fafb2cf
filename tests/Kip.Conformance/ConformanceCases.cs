using Kip.Conformance.Serving.Api;

namespace Kip.Conformance;

/// <summary>Every case there is. A folder of cases adds its lists here.</summary>
public static class ConformanceCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        .. ServiceCases.All,
    ];

    /// <summary>Those whose id contains the text; all for null.</summary>
    public static IReadOnlyList<ConformanceCase> Matching(string? filter) =>
        filter is null ? All : [.. All.Where(c => c.Id.Contains(filter, StringComparison.OrdinalIgnoreCase))];
}
