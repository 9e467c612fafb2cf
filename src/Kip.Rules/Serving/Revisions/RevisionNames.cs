using Kip.Rules.Names;

namespace Kip.Rules.Serving.Revisions;

/// <summary>Names of what a Revision owns.</summary>
public static class RevisionNames
{
    /// <summary>The Deployment that runs the Revision.</summary>
    public static string Deployment(string revision) => ChildName.Of(revision, "-deployment");

    /// <summary>The PodAutoscaler, which is called like the Revision.</summary>
    public static string PodAutoscaler(string revision) => revision;
}
