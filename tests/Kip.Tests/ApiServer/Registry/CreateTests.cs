using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Registry;
using Kip.Testing.Time;
using Shouldly;

namespace Kip.Tests.ApiServer.Registry;

public class CreateTests
{
    private readonly TestRegistry _registry = new();

    [Fact]
    public void A_new_object_gets_its_identity_and_the_client_cannot_choose_it()
    {
        var made = _registry.Create(Objects.Deployment("web").With(meta => meta with
        {
            Uid = "mine", Generation = 7, CreationTimestamp = DateTimeOffset.MaxValue, DeletionTimestamp = DateTimeOffset.MaxValue, SelfLink = "x",
        }));

        made.Metadata.Uid.ShouldStartWith("uid-");
        made.Metadata.Generation.ShouldBe(1);
        made.Metadata.CreationTimestamp.ShouldBe(ManualTimeProvider.DefaultStart);
        made.Metadata.DeletionTimestamp.ShouldBeNull();
        made.Metadata.SelfLink.ShouldBeNull();
        made.Metadata.ResourceVersion.ShouldBe(_registry.Verbs.ResourceVersion);
        _registry.Get<Kip.Resources.Apps.Deployment>("default", "web").ShouldBeSameAs(made);
    }

    [Fact]
    public void A_kind_without_a_status_has_no_generation() => _registry.Create(Objects.Map("a")).Metadata.Generation.ShouldBe(0);

    [Fact]
    public void A_status_that_is_said_at_creation_is_dropped() =>
        _registry.Create(Objects.Deployment("web") with { Status = new() { Replicas = 3 } }).Status.Replicas.ShouldBe(0);

    [Fact]
    public void A_generated_name_has_five_more_characters_and_is_tried_again_when_taken()
    {
        var names = new Queue<string>(["aaaaa", "aaaaa", "bbbbb"]);
        var registry = new TestRegistry(with: o => o with { NameSuffix = _ => names.Dequeue() });
        var prefixed = Objects.Map("").With(static meta => meta with { GenerateName = "web-" });

        registry.Create(prefixed).Metadata.Name.ShouldBe("web-aaaaa");
        registry.Create(prefixed).Metadata.Name.ShouldBe("web-bbbbb");
    }

    [Fact]
    public void A_long_prefix_is_cut_so_that_the_name_fits() =>
        _registry.Create(Objects.Map("").With(static meta => meta with { GenerateName = new string('a', 70) })).Metadata.Name.Length.ShouldBe(63);

    [Fact]
    public void A_name_that_is_taken_is_told()
    {
        _registry.Create(Objects.Map("a"));

        var error = Should.Throw<ApiException>(() => _registry.Create(Objects.Map("a")));

        (error.Code, error.IsAlreadyExists).ShouldBe((409, true));
        error.Message.ShouldBe("configmaps \"a\" already exists");
    }

    [Fact]
    public void A_resource_version_on_a_new_object_is_refused() =>
        Should.Throw<ApiException>(() => _registry.Create(Objects.Map("a").With(static m => m with { ResourceVersion = "1" }))).Code.ShouldBe(400);

    [Fact]
    public void A_namespace_that_is_not_there_is_told() =>
        Should.Throw<ApiException>(() => _registry.Create(Objects.Map("a", "nowhere"))).Message.ShouldBe("namespaces \"nowhere\" not found");

    [Fact]
    public void An_object_over_the_limit_is_refused_and_nothing_is_stored()
    {
        var registry = new TestRegistry(with: static o => o with { MaxObjectBytes = 1000 });

        Should.Throw<ApiException>(() => registry.Create(Objects.Map("a", "default", ("k", new string('x', 1000))))).Code.ShouldBe(413);

        registry.Get<ConfigMap>("default", "a").ShouldBeNull();
    }

    [Fact]
    public async Task A_dry_run_answers_as_if_and_stores_nothing()
    {
        var before = _registry.Verbs.ResourceVersion;

        var shown = await _registry.Verbs.CreateAsync(
            Objects.Map("a"), TestRegistry.Admin with { DryRun = true }, TestContext.Current.CancellationToken);

        shown.Metadata.Uid.ShouldNotBeNull();
        _registry.Get<ConfigMap>("default", "a").ShouldBeNull();
        _registry.Verbs.ResourceVersion.ShouldBe(before);
    }

    public static TheoryData<string, Func<ObjectMeta, ObjectMeta>, string, string> WrongMetadata => new()
    {
        { "no name", static m => m with { Name = "" }, "metadata.name", "Required value: name or generateName is required" },
        { "capitals", static m => m with { Name = "Web" }, "metadata.name", "Invalid value: \"Web\": a lowercase RFC 1123 subdomain" },
        { "long name", static m => m with { Name = new string('a', 254) }, "metadata.name", "must be no more than 253 bytes" },
        { "no namespace", static m => m with { Namespace = "" }, "metadata.namespace", "Required value" },
        { "label key", static m => m with { Labels = StringMap.Of(("a b", "x")) }, "metadata.labels", "name part must consist of" },
        { "label value", static m => m with { Labels = StringMap.Of(("a", "x y")) }, "metadata.labels", "a valid label must be" },
        { "long label", static m => m with { Labels = StringMap.Of(("a", new string('x', 64))) }, "metadata.labels", "must be no more than 63 bytes" },
        { "annotation", static m => m with { Annotations = StringMap.Of(("/a", "x")) }, "metadata.annotations", "prefix part must be non-empty" },
        {
            "annotations", static m => m with { Annotations = StringMap.Of(("a", new string('x', 256 * 1024))) }, "metadata.annotations",
            "Too long: may not be more than 262144 bytes"
        },
        { "finalizer", static m => m with { Finalizers = ["a b"] }, "metadata.finalizers[0]", "name part must consist of" },
        {
            "two controllers", static m => m with { OwnerReferences = [Controller("a"), Controller("b")] }, "metadata.ownerReferences",
            "Only one reference can have Controller set to true"
        },
        {
            "owner without uid", static m => m with { OwnerReferences = [Controller("a") with { Uid = "" }] }, "metadata.ownerReferences[0].uid",
            "must not be empty"
        },
    };

    [Theory]
    [MemberData(nameof(WrongMetadata))]
    public void Wrong_metadata_is_told_with_the_field(string what, Func<ObjectMeta, ObjectMeta> change, string field, string message)
    {
        var error = Should.Throw<ApiException>(() => _registry.Create(Objects.Map("a").With(change)), what);

        error.Code.ShouldBe(422);
        error.Status.Reason.ShouldBe(StatusReason.Invalid);
        var cause = error.Status.Details!.Causes.ShouldHaveSingleItem();
        cause.Field.ShouldBe(field);
        cause.Message.ShouldNotBeNull().ShouldContain(message);
    }

    [Fact]
    public void Names_of_namespaces_have_no_dots() =>
        Should.Throw<ApiException>(() => _registry.Create(new Namespace { Metadata = new() { Name = "a.b" } })).Message.ShouldContain("RFC 1123 label");

    [Fact]
    public void A_secrets_plain_data_is_encoded_and_wins()
    {
        var made = _registry.Create(new Secret
        {
            Metadata = new() { Name = "s", Namespace = "default" },
            Data = StringMap.Of(("a", "b2xk"), ("b", "a2VlcA==")),
            StringData = StringMap.Of(("a", "new")),
        });

        made.Data.ShouldBe(StringMap.Of(("a", "bmV3"), ("b", "a2VlcA==")));
        made.StringData.IsEmpty.ShouldBeTrue();
        made.Type.ShouldBe("Opaque");
    }

    [Fact]
    public void A_secret_that_is_not_base64_is_refused() => Should.Throw<ApiException>(() => _registry.Create(
        new Secret { Metadata = new() { Name = "s", Namespace = "default" }, Data = StringMap.Of(("a", "?")) })).Code.ShouldBe(400);

    [Fact]
    public void Keys_of_data_are_checked() =>
        Should.Throw<ApiException>(() => _registry.Create(Objects.Map("a", "default", ("a/b", "x")))).Message.ShouldContain("a valid config key");

    private static OwnerReference Controller(string name) =>
        new() { ApiVersion = "v1", Kind = "ConfigMap", Name = name, Uid = "u", Controller = true };
}
