using Kip.Client.Images;
using Kip.Images.Digests;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;
using Kip.Rules.Serving.Revisions;
using Kip.Testing.Images;
using Kip.Testing.Traffic;
using Shouldly;

namespace Kip.Tests.Images;

/// <summary>Tags pinned to digests when a Revision is made.</summary>
public sealed class DigestTests
{
    private const string Image = "example.com/app:v1";

    [Fact]
    public void A_revision_waits_while_its_registry_is_asked()
    {
        var plan = RevisionPlanner.Plan(Seen() with { AwaitsDigests = true });

        plan.Edits.ShouldBeEmpty();
        Condition(plan, "ResourcesAvailable").ShouldBe(("Unknown", "ResolvingDigests", null));
    }

    [Fact]
    public void A_revision_whose_image_cannot_be_told_says_so()
    {
        var plan = RevisionPlanner.Plan(Seen() with { DigestFailures = StringMap.Of((Image, "example.com has no such image")) });

        plan.Edits.OfType<Edit.Create>().ShouldBeEmpty();
        Condition(plan, "ContainerHealthy").ShouldBe(
            ("False", "ContainerMissing", $"Unable to fetch image \"{Image}\": failed to resolve image to digest: example.com has no such image"));
    }

    [Fact]
    public void A_revision_keeps_the_digest_it_was_given()
    {
        var plan = RevisionPlanner.Plan(Seen() with { Digests = StringMap.Of((Image, "example.com/app@sha256:1")) });
        ((Revision)plan.Status!).Status.ContainerStatuses[0].ImageDigest.ShouldBe("example.com/app@sha256:1");
    }

    [Theory]
    [InlineData("example.com/app:v1", true)]
    [InlineData("busybox", true)]
    [InlineData("dev.local/app:v1", false)]
    [InlineData("skip.example.com:5000/app", false)]
    public void Registries_that_are_left_out_are_not_asked(string image, bool asked) =>
        RevisionImages.AsksRegistry(
            image,
            DeploymentConfig.Parse(StringMap.Of(("registries-skipping-tag-resolving", "dev.local, skip.example.com:5000")), out _)).ShouldBe(asked);

    [Fact]
    public async Task A_tag_is_told_by_its_registry_and_a_failure_is_tried_again_until_it_heals()
    {
        using var bed = new ImageBed();
        await using var registry = await ScriptedRegistry.StartAsync();
        bed.Settings($"registries: [{{ name: \"{registry.Host}\", insecure: true }}]");
        using var resolver = new DigestResolver(bed.Images, bed.Puller, bed.Own, new MemoryResources(), TimeProvider.System);
        using var changed = new SemaphoreSlim(0);
        var question = Question($"{registry.Host}/app:v1");

        resolver.Ask(question, () => changed.Release()).ShouldBe(ImageAnswer.Pending);
        await changed.WaitAsync(TestContext.Current.CancellationToken);
        resolver.Ask(question, () => { }).Failure.ShouldBe($"{registry.Host} has no {registry.Host}/app:v1");

        var image = new ImageBuild().Layer(new ImageLayer().File("f", "x")).Build();
        registry.Serve(image, "v1");
        // It may have been asked once more before that.
        do await changed.WaitAsync(TestContext.Current.CancellationToken);
        while (resolver.Ask(question, () => { }).Image is null);
        resolver.Ask(question, () => { }).Image.ShouldBe($"{registry.Host}/app@{image.Digest}");

        // Another life of the same name asks anew.
        resolver.Ask(question with { Life = "2" }, () => changed.Release()).ShouldBe(ImageAnswer.Pending);
        await changed.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Pull_secrets_of_the_revision_and_its_account_are_used()
    {
        using var bed = new ImageBed();
        await using var registry = await ScriptedRegistry.StartAsync();
        var image = new ImageBuild().Layer(new ImageLayer().File("f", "x")).Build();
        registry.Serve(image, "v1");
        bed.Settings($"registries: [{{ name: \"{registry.Host}\", insecure: true }}]");
        registry.Before = http =>
        {
            if (http.Request.Headers.Authorization == "Basic " + Convert.ToBase64String("me:secret"u8)) return Task.FromResult(false);
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"x\"";
            return Task.FromResult(true);
        };
        var resources = new MemoryResources();
        var json = "{\"auths\":{\"" + registry.Host + "\":{\"username\":\"me\",\"password\":\"secret\"}}}";
        resources.Put(new Secret
        {
            Metadata = new() { Namespace = "default", Name = "pull" }, Type = "kubernetes.io/dockerconfigjson",
            Data = StringMap.Of((".dockerconfigjson", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(json)))),
        });
        resources.Put(new ServiceAccount
        {
            Metadata = new() { Namespace = "default", Name = "builder" }, ImagePullSecrets = [new LocalObjectReference { Name = "pull" }],
        });
        using var resolver = new DigestResolver(bed.Images, bed.Puller, bed.Own, resources, TimeProvider.System);

        foreach (var question in (ImageQuestion[])[Question($"{registry.Host}/app:v1") with { PullSecrets = ["pull"] }, Question($"{registry.Host}/app:v1") with
        {
            Asker = "other", ServiceAccount = "builder",
        }])
        {
            var changed = new TaskCompletionSource();
            resolver.Ask(question, () => changed.TrySetResult());
            await changed.Task.WaitAsync(TestContext.Current.CancellationToken);
            resolver.Ask(question, () => { }).Image.ShouldBe($"{registry.Host}/app@{image.Digest}");
        }
    }

    [Fact]
    public async Task A_registry_that_does_not_answer_in_time_is_named()
    {
        using var bed = new ImageBed();
        await using var registry = await ScriptedRegistry.StartAsync();
        bed.Settings($"registries: [{{ name: \"{registry.Host}\", insecure: true }}]");
        var never = new TaskCompletionSource<bool>();
        registry.Before = _ => never.Task;
        using var resolver = new DigestResolver(bed.Images, bed.Puller, bed.Own, new MemoryResources(), TimeProvider.System);
        var changed = new TaskCompletionSource();
        var question = Question($"{registry.Host}/app:v1") with { Timeout = TimeSpan.FromMilliseconds(50) };

        resolver.Ask(question, () => changed.TrySetResult());
        await changed.Task.WaitAsync(TestContext.Current.CancellationToken);
        resolver.Ask(question, () => { }).Failure.ShouldBe($"{registry.Host} did not answer within 0.05 s");
        never.SetResult(true);
    }

    [Fact]
    public async Task What_is_on_this_machine_on_purpose_is_known_at_once()
    {
        using var bed = new ImageBed();
        var image = new ImageBuild().Layer(new ImageLayer().File("f", "x")).Build();
        foreach (var name in (string[])["kip.local/app:v1", "nowhere.invalid/app:v1"])
            await bed.Archive.LoadAsync(
                image.WriteOciLayout(Path.Combine(bed.Folder, Path.GetRandomFileName()), name), null, static _ => { },
                TestContext.Current.CancellationToken);
        using var resolver = new DigestResolver(bed.Images, bed.Puller, bed.Own, new MemoryResources(), TimeProvider.System);

        resolver.Ask(Question("kip.local/app:v1"), () => { }).Image.ShouldBe($"kip.local/app@{image.Digest}");
        resolver.Ask(Question("nowhere.invalid/app:v1"), () => { }).Image.ShouldBe($"nowhere.invalid/app@{image.Digest}");
        resolver.Ask(Question("kip.local/none"), () => { }).Failure!.ShouldContain("kip image load");
    }

    private static ImageQuestion Question(string image) => new("default/rev", "1", image, "default", "default", [], TimeSpan.FromSeconds(10));

    private static RevisionView Seen() => new()
    {
        Revision = new Revision
        {
            Metadata = new() { Namespace = "default", Name = "rev", Uid = "1", Generation = 1 },
            Spec = new RevisionSpec { Containers = [new Container { Name = "user-container", Image = Image }] },
        },
        Now = DateTimeOffset.UnixEpoch,
    };

    private static (string, string?, string?) Condition(Plan plan, string type)
    {
        var condition = ((Revision)plan.Status!).Status.Conditions.Single(c => c.Type == type);
        return (condition.Status, condition.Reason, condition.Message);
    }
}
