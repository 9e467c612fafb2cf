using System.Text;
using System.Text.Json;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.ApiExtensions;
using Kip.Resources.Core;
using Kip.Resources.Custom;
using Shouldly;

namespace Kip.Tests.ApiServer.CustomResources;

/// <summary>Custom resources over a restart: the store is closed, or not, and opened again from what is in its folder.</summary>
public sealed class RestartTests : IDisposable
{
    private static readonly RequestContext Context = new("test", Durable: true);

    private readonly string _folder = Directory.CreateTempSubdirectory("kip-crd-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Objects_definitions_and_owners_are_there_again()
    {
        string uid;
        await using (var before = await OpenAsync())
        {
            await before.CreateAsync(Definition(), Context, Cancel);
            var tab = await before.CreateAsync(Read(before, """{"cronSpec": "* * * * *"}"""), Context, Cancel);
            uid = tab.Metadata.Uid!;
            await before.CreateAsync(new ConfigMap
            {
                Metadata = new()
                {
                    Namespace = "default", Name = "owned",
                    OwnerReferences = [new() { ApiVersion = "stable.example.com/v1", Kind = "CronTab", Name = "a", Uid = uid }],
                },
            }, Context, Cancel);
        }

        await using var after = await OpenAsync();

        var kind = after.Kinds.FindPlural("stable.example.com", "v1", "crontabs").ShouldNotBeNull();
        var found = (CustomResource)after.Get(kind.Stored, new("default", "a")).ShouldNotBeNull();
        found.Metadata.Uid.ShouldBe(uid);
        found.GetDefinition().ShouldBe(kind.Stored);
        JsonDocument.Parse(kind.Write(found)).RootElement.GetProperty("spec").GetProperty("image").GetString().ShouldBe("busybox");
        await CollectsAfter(after, kind);
    }

    [Fact]
    public async Task A_definition_that_was_deleted_leaves_nothing_behind()
    {
        await using (var before = await OpenAsync())
        {
            using var stop = new CancellationTokenSource();
            var loops = before.RunAsync(stop.Token);
            await before.CreateAsync(Definition(), Context, Cancel);
            await before.CreateAsync(Read(before, """{"cronSpec": "* * * * *"}"""), Context, Cancel);
            var watch = before.Watch(
                CustomResourceDefinition.Definition, new ListOptions { ResourceVersion = before.ResourceVersion }, sendInitialEvents: false, Cancel);
            await before.DeleteAsync(CustomResourceDefinition.Definition, new("", "crontabs.stable.example.com"), DeleteOptions.Default, Context, Cancel);
            await foreach (var happened in watch)
                if (happened.Type == WatchEventType.Deleted) break;
            await stop.CancelAsync();
            await loops;
        }

        await using var after = await OpenAsync();

        after.Kinds.FindPlural("stable.example.com", "v1", "crontabs").ShouldBeNull();
        await after.CreateAsync(Definition(), Context, Cancel);
        after.List(after.Kinds.FindPlural("stable.example.com", "v1", "crontabs")!.Stored, new ListOptions()).Items.ShouldBeEmpty();
    }

    private static async Task CollectsAfter(ResourceRegistry registry, KindDefinition kind)
    {
        using var stop = new CancellationTokenSource();
        var loops = registry.RunAsync(stop.Token);
        var watch = registry.Watch(
            ConfigMap.Definition, new ListOptions { Namespace = "default", ResourceVersion = registry.ResourceVersion }, sendInitialEvents: false,
            Cancel);
        await registry.DeleteAsync(kind.Stored, new("default", "a"), DeleteOptions.Default, Context, Cancel);
        await foreach (var happened in watch)
            if (happened.Type == WatchEventType.Deleted) break;
        await stop.CancelAsync();
        await loops;
    }

    private Task<ResourceRegistry> OpenAsync() =>
        ResourceRegistry.OpenAsync(new StoreOptions { Directory = _folder }, new ResourceRegistryOptions(), TimeProvider.System, Cancel);

    private static Resource Definition() => CustomResourceDefinition.Definition.Read(Encoding.UTF8.GetBytes(Definitions.CronTabs));

    private static Resource Read(ResourceRegistry registry, string spec)
    {
        var read = registry.Kinds.FindPlural("stable.example.com", "v1", "crontabs")!.ReadToStore(Encoding.UTF8.GetBytes(Definitions.CronTab("a", spec)));
        return read with { Metadata = read.Metadata with { Namespace = "default" } };
    }
}
