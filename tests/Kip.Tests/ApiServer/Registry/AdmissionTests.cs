using Kip.ApiServer.Registry;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Admission;
using Kip.Testing.Registry;
using Shouldly;
using Knative = Kip.Resources.Serving;

namespace Kip.Tests.ApiServer.Registry;

public class AdmissionTests
{
    [Fact]
    public void A_refusal_of_a_knative_kind_is_worded_as_its_webhook_does()
    {
        var registry = new TestRegistry();

        var error = Should.Throw<ApiException>(() => registry.Create(new Knative.Service { Metadata = new() { Name = "hello", Namespace = "default" } }));

        error.Code.ShouldBe(400);
        error.Status.Reason.ShouldBe(StatusReason.BadRequest);
        error.Message.ShouldBe(
            "admission webhook \"validation.webhook.serving.knative.dev\" denied the request: validation failed: missing field(s): "
            + "spec.template.spec.containers");
        registry.Get<Knative.Service>("default", "hello").ShouldBeNull();
    }

    [Fact]
    public void Fields_with_the_same_error_share_a_line_and_details_have_their_own()
    {
        FieldError[] errors =
        [
            new("spec.b", "FieldValueRequired", "missing field(s)"), new("spec.x", "FieldValueInvalid", "invalid value: -1"),
            new("spec.a, spec.d", "FieldValueRequired", "missing field(s)"), new("spec.y", "FieldValueInvalid", "invalid value: 9", "too large"),
        ];

        AdmissionGate.Joined(errors).ShouldBe("invalid value: -1: spec.x\ninvalid value: 9: spec.y\ntoo large\nmissing field(s): spec.a, spec.b, spec.d");
    }

    [Fact]
    public void The_configuration_is_what_the_system_namespaces_config_maps_say()
    {
        var registry = new TestRegistry();
        var gate = new AdmissionGate(registry.Store);
        gate.Config["config-defaults"].IsEmpty.ShouldBeTrue();

        registry.Create(Objects.Map("config-defaults", PlatformConfig.SystemNamespace, ("revision-timeout-seconds", "77")));
        var config = gate.Config;

        config["config-defaults"].Get("revision-timeout-seconds").ShouldBe("77");
        gate.Config.ShouldBeSameAs(config);
        registry.Delete<ConfigMap>(PlatformConfig.SystemNamespace, "config-defaults");
        gate.Config["config-defaults"].IsEmpty.ShouldBeTrue();
    }
}
