using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Serving;
using Kip.Rules.Scaling;
using Kip.Rules.Serving.Labeling;
using Kip.Rules.Serving.Revisions;
using Shouldly;

namespace Kip.Tests.Serving;

/// <summary>Which changes of an object have those look again that read it.</summary>
public class WatchedDifferenceTests
{
    private static readonly StringMap Some = StringMap.Of(("a", "b"));
    private static readonly OwnerReference Owner = new() { ApiVersion = "v1", Kind = "K", Name = "n", Uid = "u", Controller = true };

    public static TheoryData<string, Func<Deployment, Deployment>, bool, bool> DeploymentChanges => new()
    {
        { "replicas", static d => d with { Spec = d.Spec with { Replicas = 3 } }, true, true },
        { "progress deadline", static d => d with { Spec = d.Spec with { ProgressDeadlineSeconds = 7 } }, true, true },
        { "status", static d => d with { Status = d.Status with { ReadyReplicas = 1 } }, true, false },
        { "labels", static d => d with { Metadata = d.Metadata with { Labels = Some } }, true, true },
        { "owner", static d => d with { Metadata = d.Metadata with { OwnerReferences = [Owner] } }, true, false },
        { "annotations", static d => d with { Metadata = d.Metadata with { Annotations = Some } }, false, false },
        { "version", static d => d with { Metadata = d.Metadata with { ResourceVersion = "7" } }, false, false },
    };

    [Theory]
    [MemberData(nameof(DeploymentChanges), DisableDiscoveryEnumeration = true)]
    public void Of_a_deployment(string what, Func<Deployment, Deployment> change, bool revisionLooks, bool autoscalerLooks)
    {
        var before = new Deployment();

        RevisionPlanner.Reads(before, change(before)).ShouldBe(revisionLooks, what);
        PodAutoscalerPlanner.Reads(before, change(before)).ShouldBe(autoscalerLooks, what);
    }

    [Fact]
    public void The_labeler_looks_again_for_marks_and_for_a_new_revisions_name()
    {
        var (revision, configuration) = (new Revision(), new Configuration());

        LabelerPlanner.Reads(revision, revision with { Metadata = revision.Metadata with { Labels = Some } }).ShouldBeTrue();
        LabelerPlanner.Reads(revision, revision with { Metadata = revision.Metadata with { Annotations = Some } }).ShouldBeTrue();
        LabelerPlanner.Reads(revision, revision with { Metadata = revision.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch } }).ShouldBeTrue();
        LabelerPlanner.Reads(revision, revision with { Status = revision.Status with { ActualReplicas = 3 } }).ShouldBeFalse();
        LabelerPlanner.Reads(configuration, configuration with { Metadata = configuration.Metadata with { Annotations = Some } }).ShouldBeTrue();
        LabelerPlanner.Reads(configuration, configuration with { Status = new() { LatestCreatedRevisionName = "r" } }).ShouldBeTrue();
        LabelerPlanner.Reads(configuration, configuration with { Status = new() { LatestReadyRevisionName = "r" } }).ShouldBeFalse();
    }
}
