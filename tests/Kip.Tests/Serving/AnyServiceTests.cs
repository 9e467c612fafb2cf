using FsCheck;
using FsCheck.Fluent;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Testing.Serving;
using Kip.Tests.Admission;
using Service = Kip.Resources.Serving.Service;
using ServiceSpec = Kip.Resources.Serving.ServiceSpec;

namespace Kip.Tests.Serving;

/// <summary>Services put together at random, good and bad parts alike.</summary>
public class AnyServiceTests
{
    private static readonly Gen<string> Names = Gen.Elements(
        "hello", "a", "hello-00001", "user-container-0", "queue-proxy", "Bad_Name", "", new string('n', 63), new string('n', 64), "é");
    private static readonly Gen<string> Images = Gen.Elements(
        $"kip.local/a@{Ksvc.Digest}", "kip.local/a", "broken", "nginx:1", "", "::", "a@sha256:1", "UPPER");
    private static readonly Gen<int> Numbers = Gen.Elements(0, 1, -1, 3, 80, 8080, 8012, 65535, 65536, int.MaxValue, int.MinValue);

    private static readonly Gen<Probe?> Probes = Gen.OneOf<Probe?>(
        Gen.Constant<Probe?>(null),
        from handler in Gen.Choose(0, 4)
        from period in Numbers
        from failure in Numbers
        select (Probe?)new Probe
        {
            HttpGet = handler is 1 or 4 ? new HttpGetAction { Path = "/", Port = "http" } : null,
            TcpSocket = handler is 2 or 4 ? new TcpSocketAction { Port = period } : null,
            Exec = handler == 3 ? new ExecAction { Command = ["true"] } : null,
            PeriodSeconds = period,
            FailureThreshold = failure,
        });

    private static readonly Gen<ContainerPort[]> UsualPorts =
        Gen.Elements("http1", "h2c", null).Select(static p => new ContainerPort[] { new() { Name = p, ContainerPortNumber = 9000 } });

    private static readonly Gen<ContainerPort> AnyPort =
        from number in Numbers
        from name in Gen.Elements(null, "http1", "h2c", "x")
        select new ContainerPort { Name = name, ContainerPortNumber = number };

    private static readonly Gen<Container> Containers =
        from name in Gen.Frequency((12, Gen.Constant("")), (1, Names))
        from image in Gen.Frequency((12, Gen.Elements($"kip.local/a@{Ksvc.Digest}", "broken", "nginx:1")), (1, Images))
        from ports in Gen.Frequency((9, Gen.Constant<ContainerPort[]>([])), (3, UsualPorts), (1, AnyPort.ArrayOf(1)))
        from env in Gen.Frequency((9, Gen.Elements<string?>(null, "A")), (1, Gen.Elements<string?>("PORT", "K_SERVICE", "")))
        from readiness in Gen.Frequency((12, Gen.Constant<Probe?>(null)), (1, Probes))
        from liveness in Gen.Frequency((12, Gen.Constant<Probe?>(null)), (1, Probes))
        from mount in Gen.Frequency((9, Gen.Constant<string?>(null)), (2, Gen.Constant<string?>("v")), (1, Gen.Constant<string?>("w")))
        select new Container
        {
            Name = name, Image = image, Ports = [.. ports], ReadinessProbe = readiness, LivenessProbe = liveness,
            Env = env is null ? [] : [new EnvVar { Name = env, Value = "x" }],
            VolumeMounts = mount is null ? [] : [new VolumeMount { Name = mount, MountPath = "/m" }],
        };

    private static readonly Gen<TrafficTarget> Targets =
        from revision in Gen.Elements<string?>(null, null, "any-00001", "nope", "")
        from latest in Gen.Elements<bool?>(null, true, false)
        from percent in Gen.Elements<long?>(null, 100, 100, 50, 0, -1, 101)
        from tag in Gen.Elements<string?>(null, null, "v1", "V1", "")
        select new TrafficTarget { RevisionName = revision, LatestRevision = latest, Percent = percent, Tag = tag };

    private static readonly Gen<TrafficTarget[]> Splits =
        from share in Gen.Choose(0, 100)
        from tag in Gen.Elements<string?>(null, "v1")
        from revision in Gen.Elements("any-00001", "any-00002", "nope")
        select new TrafficTarget[] { new() { RevisionName = revision, Percent = share, Tag = tag }, new() { Percent = 100 - share } };

    private static readonly Gen<(string, string)[]> Annotations = Gen.SubListOf(
        ("autoscaling.knative.dev/min-scale", "1"), ("autoscaling.knative.dev/initial-scale", "0"),
        ("autoscaling.knative.dev/class", "hpa.autoscaling.knative.dev"), ("serving.knative.dev/progress-deadline", "30s"),
        ("a", "b")).SelectMany(static _ => Gen.Frequency((9, Gen.Constant("5")), (1, Gen.Constant("x"))),
        static (some, max) => some.Append(("autoscaling.knative.dev/max-scale", max)).ToArray());

    private static readonly Gen<Service> Services =
        from name in Gen.Frequency((14, Gen.Constant("any")), (1, Names))
        from brought in Gen.Frequency((9, Gen.Constant("")), (2, Gen.Elements("any-x", "other-x", "any-00001")))
        from containers in Gen.Frequency((12, Containers.ArrayOf(1)), (3, Containers.ArrayOf(2)), (1, Containers.ArrayOf(0)))
        from timeout in Gen.Frequency((9, Gen.Constant<long?>(null)), (1, Numbers.Select(static n => (long?)n)))
        from concurrency in Gen.Frequency((9, Gen.Constant<long?>(null)), (1, Numbers.Select(static n => (long?)n)))
        from slips in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
        from traffic in Gen.Frequency((6, Gen.Constant<TrafficTarget[]>([])), (2, Splits), (1, Targets.ArrayOf(1)), (1, Targets.ArrayOf(2)))
        from annotations in Annotations
        select new Service
        {
            Metadata = new ObjectMeta { Name = name, Namespace = "default" },
            Spec = new ServiceSpec
            {
                Template = new RevisionTemplateSpec
                {
                    Metadata = new ObjectMeta { Name = brought, Annotations = StringMap.Of(annotations) },
                    Spec = new RevisionSpec
                    {
                        Containers = [.. containers], TimeoutSeconds = timeout, ContainerConcurrency = concurrency,
                        Volumes = slips != containers.Any(static c => c.VolumeMounts.Any(static m => m.Name == "v"))
                            ? [new Volume { Name = "v", ConfigMap = new ConfigMapVolumeSource { Name = "c" } }]
                            : [],
                    },
                },
                Traffic = [.. traffic],
            },
        };

    [Fact]
    public void What_passes_makes_objects_that_pass_and_comes_to_rest_and_what_does_not_is_refused_in_words()
    {
        var (passed, refused) = (0, 0);
        Prop.ForAll(Services.ToArbitrary(), service =>
        {
            var errors = Ask.Validate(service);
            if (errors.Length > 0)
            {
                refused++;
                return errors.All(static e => e.Length > 5);
            }
            passed++;
            // The world refuses what admission refuses, from whomever, and asks every planner twice.
            var world = new ServingWorld();
            world.Apply(service);
            world.Run();
            return world.Get<Service>(service.Metadata.Name).Status.ObservedGeneration == 1;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
        Assert.True(passed > 10 && refused > 10, $"{passed} passed, {refused} were refused: the generator is lopsided");
    }

    [Fact]
    public void Changing_one_service_into_another_comes_to_rest_too()
    {
        Prop.ForAll(Services.Two().ToArbitrary(), pair =>
        {
            var (one, two) = pair;
            two = two with { Metadata = one.Metadata };
            if (Ask.Validate(one).Length > 0) return;
            var world = new ServingWorld();
            world.Apply(one);
            world.Run();
            try
            {
                world.Apply(two);
            }
            catch (RefusedException)
            {
                return;
            }
            world.Run();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }
}
