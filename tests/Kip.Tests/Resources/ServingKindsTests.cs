using Kip.ApiServer.Tables;
using Kip.Resources;
using Shouldly;

namespace Kip.Tests.Resources;

/// <summary>What people and their tools call Serving's kinds.</summary>
public class ServingKindsTests
{
    [Theory]
    [InlineData("services.serving.knative.dev", "v1", "kservice ksvc", "all knative serving", "URL LatestCreated LatestReady Ready Reason")]
    [InlineData("configurations.serving.knative.dev", "v1", "config cfg", "all knative serving", "LatestCreated LatestReady Ready Reason")]
    [InlineData("revisions.serving.knative.dev", "v1", "rev", "all knative serving", "Config_Name Generation Ready Reason Actual_Replicas Desired_Replicas")]
    [InlineData("routes.serving.knative.dev", "v1", "rt", "all knative serving", "URL Ready Reason")]
    [InlineData("domainmappings.serving.knative.dev", "v1beta1", "dm", "all knative serving", "URL Ready Reason")]
    [InlineData(
        "podautoscalers.autoscaling.internal.knative.dev", "v1alpha1", "kpa pa", "knative-internal autoscaling",
        "DesiredScale ActualScale Ready Reason")]
    [InlineData("ingresses.networking.internal.knative.dev", "v1alpha1", "kingress king", "knative-internal networking", "Ready Reason")]
    [InlineData("certificates.networking.internal.knative.dev", "v1alpha1", "kcert", "knative-internal networking", "Ready Reason")]
    public void A_kind_has_knatives_names_and_columns(string plural, string version, string shortNames, string categories, string columns)
    {
        var kind = Kinds.All.Single(k => k.QualifiedPlural == plural);

        (kind.Version, string.Join(' ', kind.ShortNames), string.Join(' ', kind.Categories)).ShouldBe((version, shortNames, categories));
        (kind.Namespaced, kind.HasStatus).ShouldBe((true, true));
        string.Join(' ', TableWriter.ColumnsOf(kind).Select(static c => c.Name.Replace(' ', '_'))).ShouldBe($"Name {columns}");
    }

    [Fact]
    public void A_claim_of_a_domain_belongs_to_no_namespace()
    {
        var kind = Kinds.All.Single(static k => k.QualifiedPlural == "clusterdomainclaims.networking.internal.knative.dev");

        (kind.Namespaced, string.Join(' ', kind.ShortNames), kind.Version).ShouldBe((false, "cdc", "v1alpha1"));
    }
}
