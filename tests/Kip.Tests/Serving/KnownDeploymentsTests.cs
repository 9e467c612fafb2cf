using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;
using Kip.Rules.Serving.Revisions;
using Kip.Testing.Serving;
using Shouldly;

namespace Kip.Tests.Serving;

public class KnownDeploymentsTests
{
    private static readonly string Other = "reg.io/other@sha256:" + new string('b', 64);

    private readonly KnownDeployments _known = new();

    private RevisionView Seen() => RevisionPlannerTests.Seen() with { Known = _known };

    private static Deployment? Updated(RevisionView seen) =>
        RevisionPlanner.Plan(seen).Edits.OfType<Edit.Update>().Select(static e => e.Object).OfType<Deployment>().SingleOrDefault();

    public static TheoryData<string> Changes => [.. All.Keys];

    private static readonly Dictionary<string, Func<RevisionView, RevisionView>> All = new()
    {
        ["spec"] = static seen => With(seen, r => r with { Spec = r.Spec with { TimeoutSeconds = 77 } }),
        ["label"] = static seen => With(seen, r => r with { Metadata = r.Metadata with { Labels = r.Metadata.Labels.With("team", "blue") } }),
        ["annotation"] = static seen => With(seen, r => r with { Metadata = r.Metadata with { Annotations = r.Metadata.Annotations.With("a/b", "c") } }),
        ["uid"] = static seen => With(seen, static r => r with { Metadata = r.Metadata with { Uid = "another" } }) with { Deployment = null },
        ["image"] = static seen => With(seen, static r => r with
        {
            Status = r.Status with
            {
                ContainerStatuses = [new RevisionContainerStatus { Name = r.Spec.Containers[0].Name, ImageDigest = Other }],
            },
        }),
        ["configuration"] = static seen => seen with
        {
            Config = ServingConfig.Default with { Deployment = DeploymentConfig.Default with { ProgressDeadline = TimeSpan.FromSeconds(99) } },
        },
        ["the Deployment's hash"] = static seen => seen with
        {
            Deployment = seen.Deployment! with
            {
                Metadata = seen.Deployment.Metadata with { Labels = seen.Deployment.Metadata.Labels.With(ServingLabels.DeploymentHash, "another") },
            },
        },
    };

    private static RevisionView With(RevisionView seen, Func<Revision, Revision> change) => seen with { Revision = change(seen.Revision) };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Whatever_a_deployment_is_made_from_has_changed_it_is_made_anew_as_if_nothing_were_known(string what)
    {
        var seen = Seen();
        Updated(seen).ShouldBeNull("it was made from this");
        _known.IsOf(seen.Revision, seen.Config, seen.Deployment!).ShouldBeTrue();

        var changed = All[what](seen);
        var plan = RevisionPlanner.Plan(changed);

        plan.Edits.ShouldContain(static e => e is Edit.Update && ((Edit.Update)e).Object is Deployment
            || e is Edit.Create && ((Edit.Create)e).Object is Deployment);
        plan.Edits.ShouldBe(RevisionPlanner.Plan(changed with { Known = null }).Edits);
    }

    [Fact]
    public void What_others_changed_of_a_deployment_stays_and_a_revision_that_is_gone_is_forgotten()
    {
        var seen = Seen();
        Updated(seen).ShouldBeNull();
        var scaled = seen with { Deployment = seen.Deployment! with { Spec = seen.Deployment.Spec with { Replicas = 3 } } };
        Updated(scaled).ShouldBeNull();
        _known.IsOf(scaled.Revision, scaled.Config, scaled.Deployment!).ShouldBeTrue();

        _known.Forget(seen.Revision.Key);

        _known.IsOf(seen.Revision, seen.Config, seen.Deployment!).ShouldBeFalse();
    }
}
