using System.Globalization;
using Kip.Resources;
using Kip.Rules.Admission;

namespace Kip.Rules.Serving.Revisions;

/// <summary>How many pods a Revision starts with, before the autoscaler has seen a request.</summary>
public static class InitialScale
{
    /// <summary>The annotation <c>autoscaling.knative.dev/initial-scale</c>, else <c>initial-scale</c> of config-autoscaler, else 1.</summary>
    public static int For(StringMap annotations, PlatformConfig config) =>
        Parse(annotations.Get("autoscaling.knative.dev/initial-scale") ?? annotations.Get("autoscaling.knative.dev/initialScale"))
        ?? Parse(config["config-autoscaler"].Get("initial-scale"))
        ?? 1;

    private static int? Parse(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var scale) ? scale : null;
}
