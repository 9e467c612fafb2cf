using Kip.Client;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Testing.Runtime;
using Shouldly;

namespace Kip.Tests.Runtime.Deployments;

/// <summary>A plain Deployment and Service, as kubectl would make them, over real processes.</summary>
public class DeploymentLifeTests
{
    private static Deployment Of(string image, int replicas) => new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default" },
        Spec = new DeploymentSpec
        {
            Replicas = replicas,
            Selector = new LabelSelector { MatchLabels = StringMap.Of(("app", "web")) },
            Template = new PodTemplateSpec
            {
                Metadata = new ObjectMeta { Labels = StringMap.Of(("app", "web")) },
                Spec = RuntimeHarness.PodOf("x", image).Spec,
            },
        },
    };

    [Fact]
    public async Task A_Deployment_scales_rolls_and_sleeps_and_its_Service_knows_its_pods()
    {
        await using var kip = await RuntimeHarness.StartAsync();
        var image = await kip.ShellBundleAsync("exec sleep 1000");
        await kip.Resources.CreateAsync<Service>(new Service
        {
            Metadata = new ObjectMeta { Name = "web", Namespace = "default" },
            Spec = new ServiceSpec { Selector = StringMap.Of(("app", "web")), Ports = [new ServicePort { Port = 80, TargetPort = 8080 }] },
        }, CancellationToken.None);

        await kip.Resources.CreateAsync<Deployment>(Of(image, 2), CancellationToken.None);
        var up = await kip.WaitForAsync<Deployment>("web", static d => d.Status.AvailableReplicas == 2);
        up.Status.Conditions.First(static c => c.Type == "Available").Status.ShouldBe("True");
        var pods = await kip.Resources.ListAsync<Pod>(ListOptions.All, CancellationToken.None);
        pods.Select(static p => p.Metadata.Annotations["kip.dev/port"]).Distinct().Count().ShouldBe(2);
        await kip.WaitForAsync<Kip.Resources.Core.Endpoints>("web", static e => e.Subsets.Sum(static s => s.Addresses.Count) == 2);

        var changed = up with { Spec = Of(await kip.ShellBundleAsync("exec sleep 2000"), 2).Spec, Metadata = up.Metadata with { ResourceVersion = null } };
        await kip.Resources.UpdateAsync(changed, CancellationToken.None);
        await kip.WaitForAsync<Deployment>("web", static d =>
            d.Status is { ObservedGeneration: 2, UpdatedReplicas: 2, Replicas: 2, AvailableReplicas: 2, TerminatingReplicas: null });

        await kip.Resources.ScaleAsync(Deployment.Definition, up.Key, 0, CancellationToken.None);
        await kip.WaitForAsync<Deployment>("web", static d => d.Status is { Replicas: 0, TerminatingReplicas: null, ObservedGeneration: 3 });
        (await kip.Resources.ListAsync<Pod>(ListOptions.All, CancellationToken.None)).ShouldBeEmpty();
        await kip.WaitForAsync<Kip.Resources.Core.Endpoints>("web", static e => e.Subsets.IsEmpty);
    }

    [Fact]
    public async Task Many_pods_come_and_go_and_nothing_is_left_of_them()
    {
        await using var kip = await RuntimeHarness.StartAsync();
        var image = await kip.ShellBundleAsync("(setsid sleep 1000 &) ; exec sleep 1000;");
        await kip.Resources.CreateAsync<Deployment>(Of(image, 0), CancellationToken.None);

        foreach (var replicas in (int[])[20, 3, 12, 0])
        {
            await kip.Resources.ScaleAsync(Deployment.Definition, new("default", "web"), replicas, CancellationToken.None);
            await kip.WaitForAsync<Deployment>("web", d => d.Spec.Replicas == replicas && d.Status.ObservedGeneration == d.Metadata.Generation
                && d.Status is { TerminatingReplicas: null } s && s.AvailableReplicas == replicas && s.Replicas == replicas);
            (await kip.Resources.ListAsync<Pod>(ListOptions.All, CancellationToken.None)).Count.ShouldBe(replicas);
        }

        var id = await File.ReadAllTextAsync(Path.Combine(kip.Options.DataDirectory, "runtime-id"), TestContext.Current.CancellationToken);
        Kip.Runtime.Recovery.ProcessTable.All().Where(p => Kip.Runtime.Recovery.ProcessTable.HasVariable(p.Pid, "KIP_RUNTIME", id.Trim())).ShouldBeEmpty();
        Directory.EnumerateDirectories(Path.Combine(kip.Options.DataDirectory, "pods")).ShouldBeEmpty();
        kip.Logs.Lines.ShouldNotContain(static l => l.StartsWith("Error"));
    }
}
