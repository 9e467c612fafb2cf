using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.Revisions;

/// <summary>How long a Revision may take to come up.</summary>
public static class ProgressDeadline
{
    /// <summary>The Revision's annotation, else the ConfigMap's value.</summary>
    public static TimeSpan For(Revision revision, DeploymentConfig config) =>
        GoDuration.TryParse(revision.Metadata.Annotations.Get(ServingAnnotations.ProgressDeadline), out var stated)
            && stated > TimeSpan.Zero
            ? stated
            : config.ProgressDeadline;
}
