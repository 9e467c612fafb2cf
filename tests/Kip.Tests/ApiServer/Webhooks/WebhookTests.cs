using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kip.ApiServer.FieldManagement;
using Kip.ApiServer.Registry;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.AdmissionRegistration;
using Kip.Resources.Core;
using Kip.Rules.Access;
using Kip.Tests.ApiServer.Registry;
using Shouldly;

namespace Kip.Tests.ApiServer.Webhooks;

public sealed class WebhookTests : IAsyncLifetime
{
    private static readonly RequestContext User = new(new UserInfo("alice", [UserInfo.Masters])) { Writer = new FieldWriter("test", "v1") };

    private WebhookServer _server = null!;
    private ResourceRegistry _registry = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await WebhookServer.StartAsync();
        _registry = ResourceRegistry.InMemory(TimeProvider.System, new ResourceRegistryOptions { Services = () => _server.Address });
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_webhook_sees_who_wants_to_store_what_and_may_refuse_it()
    {
        await RegisterAsync(mutating: false);
        _server.Answer = static _ => WebhookServer.Deny("not today");

        var refused = await Should.ThrowAsync<ApiException>(() => _registry.CreateAsync(Objects.Map("a", data: ("k", "v")), User, Cancel));

        refused.Code.ShouldBe(403);
        refused.Message.ShouldBe("admission webhook \"check.example.com\" denied the request: not today");
        var (host, path, request) = _server.Asked.ShouldHaveSingleItem();
        host.ShouldBe("hook.default.svc.cluster.local");
        path.ShouldBe("/judge?timeout=10s");
        request["operation"]!.GetValue<string>().ShouldBe("CREATE");
        request["kind"]!.ToJsonString().ShouldBe("""{"group":"","version":"v1","kind":"ConfigMap"}""");
        request["userInfo"]!["username"]!.GetValue<string>().ShouldBe("alice");
        request["object"]!["data"]!.ToJsonString().ShouldBe("""{"k":"v"}""");
        request["oldObject"].ShouldBeNull();
        _registry.Get(ConfigMap.Definition, new("default", "a")).ShouldBeNull();
    }

    [Fact]
    public async Task A_mutating_webhook_changes_the_object_and_what_is_stored_is_what_was_judged()
    {
        await RegisterAsync(mutating: true);
        await RegisterAsync(mutating: false, name: "judge");
        _server.Answer = static request => request["object"]!["data"]!["added"] is null
            ? WebhookServer.Patch("""[{"op": "add", "path": "/data/added", "value": "yes"}]""")
            : new() { ["allowed"] = true };

        var stored = (ConfigMap)await _registry.CreateAsync(Objects.Map("a", data: ("k", "v")), User, Cancel);

        stored.Data.ShouldBe(StringMap.Of(("added", "yes"), ("k", "v")));
        _server.Asked.Count.ShouldBe(2);
        _server.Asked[1].Request["object"]!["metadata"]!["uid"]!.GetValue<string>().ShouldBe(stored.Metadata.Uid);
    }

    [Fact]
    public async Task An_update_and_a_deletion_are_asked_about_with_the_object_as_it_is()
    {
        await _registry.CreateAsync(Objects.Map("a", data: ("k", "1")), User, Cancel);
        await RegisterAsync(mutating: false);

        await _registry.UpdateAsync(Objects.Map("a", data: ("k", "2")), null, User, Cancel);
        await _registry.DeleteAsync(ConfigMap.Definition, new("default", "a"), DeleteOptions.Default, User, Cancel);

        _server.Asked.Select(static asked => (string)asked.Request["operation"]!).ShouldBe(["UPDATE", "DELETE"]);
        _server.Asked[0].Request["oldObject"]!["data"]!.ToJsonString().ShouldBe("""{"k":"1"}""");
        _server.Asked[1].Request["oldObject"]!["data"]!.ToJsonString().ShouldBe("""{"k":"2"}""");
        _server.Asked[1].Request["object"].ShouldBeNull();
    }

    [Fact]
    public async Task A_change_while_a_webhook_is_asked_is_seen_by_it_too()
    {
        await _registry.CreateAsync(Objects.Map("a", data: ("k", "1")), User, Cancel);
        await RegisterAsync(mutating: false);
        var interfered = false;
        _server.Answer = _ =>
        {
            if (!interfered)
            {
                interfered = true;
                _registry.ModifyAsync(
                    ConfigMap.Definition, new("default", "a"), null, static p => ((ConfigMap)p) with { Data = ((ConfigMap)p).Data.With("other", "x") },
                    RequestContext.System, CancellationToken.None).GetAwaiter().GetResult();
            }
            return new() { ["allowed"] = true };
        };

        var stored = (ConfigMap)await _registry.ModifyAsync(
            ConfigMap.Definition, new("default", "a"), null, static p => ((ConfigMap)p) with { Data = ((ConfigMap)p).Data.With("k", "2") }, User, Cancel);

        stored.Data.ShouldBe(StringMap.Of(("k", "2"), ("other", "x")));
        _server.Asked.Count.ShouldBe(2);
        _server.Asked[1].Request["object"]!["data"]!.ToJsonString().ShouldBe("""{"k":"2","other":"x"}""");
    }

    [Theory]
    [InlineData("Fail", false)]
    [InlineData("Ignore", true)]
    public async Task What_happens_without_an_answer_is_the_failure_policys_to_say(string policy, bool stored)
    {
        await RegisterAsync(mutating: false, change: hook => hook with { FailurePolicy = policy });
        _server.Answer = static _ => null;

        var create = () => _registry.CreateAsync(Objects.Map("a"), User, Cancel);

        if (stored) (await create()).Metadata.Name.ShouldBe("a");
        else
            (await Should.ThrowAsync<ApiException>(create)).Message.ShouldBe(
                "Internal error occurred: failed calling webhook \"check.example.com\": failed to call webhook: the server answered 503 Service Unavailable");
    }

    [Fact]
    public async Task Kips_own_writes_and_other_objects_are_not_asked_about()
    {
        await RegisterAsync(mutating: false, change: static hook => hook with { ObjectSelector = new() { MatchLabels = StringMap.Of(("judge", "me")) } });
        _server.Answer = static _ => WebhookServer.Deny("no");

        await _registry.CreateAsync(Objects.Map("unlabelled"), User, Cancel);
        await _registry.CreateAsync(Objects.Map("own").With(static m => m with { Labels = StringMap.Of(("judge", "me")) }), RequestContext.System, Cancel);

        _server.Asked.ShouldBeEmpty();
        await Should.ThrowAsync<ApiException>(
            () => _registry.CreateAsync(Objects.Map("labelled").With(static m => m with { Labels = StringMap.Of(("judge", "me")) }), User, Cancel));
    }

    [Fact]
    public async Task A_registration_that_would_not_be_honoured_is_refused()
    {
        var refused = await Should.ThrowAsync<ApiException>(() => RegisterAsync(
            mutating: false, change: static hook => hook with { MatchConditions = [new() { Name = "a", Expression = "objekt.x" }], SideEffects = "Some" }));

        refused.Message.ShouldContain(
            "webhooks[0].matchConditions[0].expression: Invalid value: \"objekt.x\": compilation failed: "
            + "ERROR: <input>:1:1: undeclared reference to 'objekt'");
        refused.Message.ShouldContain("webhooks[0].sideEffects: Unsupported value: \"Some\": supported values: \"None\", \"NoneOnDryRun\"");
    }

    [Theory]
    [InlineData("object.data.k == 'v' && request.operation == 'CREATE' && request.userInfo.username == 'alice'", true)]
    [InlineData("!has(object.metadata.labels) && request.?subResource.orValue('') == ''", true)]
    [InlineData("oldObject != null", false)]
    [InlineData("request.kind.kind == 'Secret'", false)]
    public async Task A_webhook_is_asked_where_its_conditions_hold(string condition, bool asked)
    {
        await RegisterAsync(mutating: false, change: hook => hook with
        {
            MatchConditions = [new() { Name = "always", Expression = "true" }, new() { Name = "it", Expression = condition }],
        });

        await _registry.CreateAsync(Objects.Map("a", data: ("k", "v")), User, Cancel);

        _server.Asked.Count.ShouldBe(asked ? 1 : 0);
    }

    [Theory]
    [InlineData("Fail", "true", "configmaps \"a\" is forbidden: expression 'object.none' resulted in error: no such key: none")]
    [InlineData("Fail", "false", null)]
    [InlineData("Ignore", "true", null)]
    public async Task A_condition_that_cannot_be_decided_is_the_failure_policys_to_judge(string policy, string other, string? refusal)
    {
        await RegisterAsync(mutating: false, change: hook => hook with
        {
            FailurePolicy = policy, MatchConditions = [new() { Name = "broken", Expression = "object.none" }, new() { Name = "other", Expression = other }],
        });

        var create = () => _registry.CreateAsync(Objects.Map("a"), User, Cancel);

        if (refusal is null) await create();
        else (await Should.ThrowAsync<ApiException>(create)).Message.ShouldBe(refusal);
        _server.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_webhook_at_a_url_is_trusted_by_its_bundle_alone()
    {
        using var trusted = SelfSigned();
        using var other = SelfSigned();
        await using var server = await WebhookServer.StartAsync(trusted);
        server.Answer = static _ => WebhookServer.Deny("heard");
        WebhookClientConfig At(X509Certificate2 authority) => new()
        {
            Url = $"https://127.0.0.1:{server.Address.Port}/judge",
            CaBundle = Convert.ToBase64String(Encoding.ASCII.GetBytes(authority.ExportCertificatePem())),
        };

        await RegisterAsync(mutating: false, change: hook => hook with { ClientConfig = At(trusted) });
        (await Should.ThrowAsync<ApiException>(() => _registry.CreateAsync(Objects.Map("a"), User, Cancel))).Message.ShouldEndWith("denied the request: heard");
        server.Asked.ShouldHaveSingleItem().Path.ShouldBe("/judge?timeout=10s");

        await _registry.DeleteAsync(ValidatingWebhookConfiguration.Definition, new("", "hooks"), DeleteOptions.Default, User, Cancel);
        await RegisterAsync(mutating: false, change: hook => hook with { ClientConfig = At(other) });
        (await Should.ThrowAsync<ApiException>(() => _registry.CreateAsync(Objects.Map("a"), User, Cancel))).Message
            .ShouldContain("failed calling webhook \"check.example.com\"");
        server.Asked.Count.ShouldBe(1);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=webhook", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private async Task RegisterAsync(bool mutating, string name = "hooks", Func<Webhook, Webhook>? change = null)
    {
        var hook = new Webhook
        {
            Name = "check.example.com", SideEffects = "None", AdmissionReviewVersions = ["v1"],
            ClientConfig = new() { Service = new() { Namespace = "default", Name = "hook", Path = "/judge" } },
            Rules = [new() { ApiGroups = [""], ApiVersions = ["v1"], Operations = ["*"], Resources = ["configmaps"] }],
        };
        ValueList<Webhook> hooks = [change is null ? hook : change(hook)];
        if (mutating) await _registry.CreateAsync(new MutatingWebhookConfiguration { Metadata = new() { Name = name }, Webhooks = hooks }, User, Cancel);
        else await _registry.CreateAsync(new ValidatingWebhookConfiguration { Metadata = new() { Name = name }, Webhooks = hooks }, User, Cancel);
    }
}
