using System.Text.Json;
using Kip.Client;
using Kip.Host.CommandLine;
using Kip.Host.Platform.Insight;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Why;

namespace Kip.Host.Commands.Why;

/// <summary>Asks the platform what its autoscaler last decided.</summary>
internal static class ScalingDecisions
{
    /// <summary>The last decision about each of the revisions; none on a platform that does not tell.</summary>
    public static async Task<IReadOnlyDictionary<string, LastDecision>> OfAsync(
        Connection connection, IReadOnlyList<Revision> revisions, CancellationToken cancel)
    {
        var wanted = revisions.Select(static r => r.Metadata.Name).ToHashSet();
        try
        {
            await using var answer = await connection.OpenAsync($"{ServiceInsight.Decisions.TrimStart('/')}/{connection.Namespace}", cancel);
            var told = await JsonSerializer.DeserializeAsync(answer, InsightJson.Default.DecisionList, cancel);
            return (told?.Decisions ?? []).Where(d => wanted.Contains(d.Revision))
                .ToDictionary(static d => d.Revision, static d => new LastDecision(d.Called, d.Reason));
        }
        catch (ApiException other) when (other.Code is 404 or 403)
        {
            // A cluster's API server has no such answer.
            return new Dictionary<string, LastDecision>();
        }
    }
}
