using Kip.Images;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Containers.Spec;
using Kip.Runtime.Environment;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;

namespace Kip.Runtime.Containers;

/// <summary>What a container's plan is made from.</summary>
internal sealed record ContainerRequest
{
    public required Pod Pod { get; init; }
    public required Container Container { get; init; }
    public required ImageConfig Image { get; init; }
    public required EnvironmentSources Sources { get; init; }
    public required SecuritySettings Security { get; init; }
    public required ResourceLimits Limits { get; init; }
    public required long OpenFiles { get; init; }
    public required string Root { get; init; }
    public required string Cgroup { get; init; }
    public required string NetworkNamespace { get; init; }
    public required IReadOnlyList<PlannedMount> Mounts { get; init; }

    /// <summary>Where the API is reached from the pod, at port 443. Null: it cannot be.</summary>
    public string? ApiHost { get; init; }

    /// <summary>A file of the image, read without leaving it.</summary>
    public required Func<string, string?> ReadFile { get; init; }
}

/// <summary>Decides what a container runs and as whom, from its image and its pod.</summary>
internal static class ContainerPlanner
{
    private const long TemporarySize = 256L << 20;
    private const int LongestHostname = 63;

    /// <exception cref="ContainerSetupException">It cannot be run as it is declared.</exception>
    public static ContainerPlan Plan(ContainerRequest seen)
    {
        var (container, image, security) = (seen.Container, seen.Image, seen.Security);
        var user = UserOf(seen);
        var environment = Environment(seen, user);
        var directory = !string.IsNullOrEmpty(container.WorkingDir) ? container.WorkingDir : image.WorkingDir.Length > 0 ? image.WorkingDir : "/";
        return new ContainerPlan
        {
            Root = seen.Root,
            ReadOnlyRoot = security.ReadOnlyRootFilesystem,
            Hostname = Hostname(seen.Pod),
            Arguments = Arguments(seen, environment),
            Environment = environment,
            WorkingDirectory = directory,
            User = user,
            Terminal = container.Tty,
            Capabilities = Capabilities.Of(security.Add, security.Drop),
            NoNewPrivileges = !security.AllowPrivilegeEscalation,
            Seccomp = security.Seccomp ? SeccompProfile.Json : null,
            Limits = seen.Limits,
            OpenFiles = seen.OpenFiles,
            Cgroup = seen.Cgroup,
            NetworkNamespace = seen.NetworkNamespace,
            Mounts = Mounts(seen),
        };
    }

    public static string Hostname(Pod pod)
    {
        var name = !string.IsNullOrEmpty(pod.Spec.Hostname) ? pod.Spec.Hostname : pod.Metadata.Name;
        return name[..Math.Min(name.Length, LongestHostname)].TrimEnd('-', '.');
    }

    private static ImageUser UserOf(ContainerRequest seen)
    {
        var (image, security) = (seen.Image, seen.Security);
        // The pod's user wins over the image's; the image's group is its own user's and goes with it.
        var wanted = security.RunAsUser is { } uid ? $"{uid}" : image.User;
        if (security.RunAsGroup is { } gid) wanted = $"{wanted.Split(':')[0]}:{gid}";
        var user = ImageUser.Find(wanted, seen.ReadFile("/etc/passwd"), seen.ReadFile("/etc/group"));
        if (security.RunAsNonRoot && user.Uid == 0)
            throw new ContainerSetupException("CreateContainerConfigError",
                "container has runAsNonRoot and image will run as root (pod: "
                + $"\"{seen.Pod.Metadata.Name}_{seen.Pod.Metadata.Namespace}({seen.Pod.Metadata.Uid})\", container: {seen.Container.Name})");
        var more = security.SupplementalGroups.Concat(security.FsGroup is { } group ? [group] : []).Select(static g => (uint)g);
        return user with { Groups = [.. user.Groups.Concat(more).Where(g => g != user.Gid).Distinct().Order()] };
    }

    private static StringMap Environment(ContainerRequest seen, ImageUser user)
    {
        var defaults = StringMap.Of(
            ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), ("HOSTNAME", Hostname(seen.Pod)), ("HOME", user.Home));
        if (seen.Container.Tty) defaults = defaults.With("TERM", "xterm");
        if (seen.ApiHost is { } api)
            defaults = defaults.With(StringMap.Of(
                ("KUBERNETES_SERVICE_HOST", api), ("KUBERNETES_SERVICE_PORT", "443"), ("KUBERNETES_SERVICE_PORT_HTTPS", "443"),
                ("KUBERNETES_PORT", $"tcp://{api}:443")));
        foreach (var variable in seen.Image.Env)
            if (variable.IndexOf('=') is var equals and > 0) defaults = defaults.With(variable[..equals], variable[(equals + 1)..]);
        try
        {
            return ContainerEnvironment.Build(seen.Pod, seen.Container, seen.Sources, defaults, Given(seen));
        }
        catch (EnvironmentException wrong)
        {
            throw new ContainerSetupException("CreateContainerConfigError", wrong.Message);
        }
    }

    // The contract of Knative's containers: the one that serves is told its port.
    private static StringMap Given(ContainerRequest seen) =>
        seen.Pod.Metadata.Labels.ContainsKey("serving.knative.dev/revision") && ServingPort.Container(seen.Pod.Spec) is { } serving
        && serving.Name == seen.Container.Name && !seen.Container.Env.Any(static e => e.Name == "PORT")
            ? StringMap.Of(("PORT", serving.Ports[0].ContainerPortNumber.ToString()))
            : default;

    /// <summary>command replaces the entrypoint and the image's arguments with it; args replace those alone.</summary>
    private static ValueList<string> Arguments(ContainerRequest seen, StringMap environment)
    {
        var (container, image) = (seen.Container, seen.Image);
        IEnumerable<string> Expand(ValueList<string> words) => words.Select(word => VariableExpansion.Expand(word, environment));
        var words = !container.Command.IsEmpty ? Expand(container.Command).Concat(Expand(container.Args))
            : image.Entrypoint.Concat(container.Args.IsEmpty ? image.Cmd : Expand(container.Args));
        var all = words.ToValueList();
        return !all.IsEmpty
            ? all
            : throw new ContainerSetupException("CreateContainerError", "no command specified: neither the image nor the container names one");
    }

    private static IReadOnlyList<PlannedMount> Mounts(ContainerRequest seen)
    {
        var mounts = seen.Mounts.ToList();
        // /tmp can be written to, whatever else cannot.
        if (seen.Security.ReadOnlyRootFilesystem && !mounts.Any(static m => m.Target == "/tmp"))
            mounts.Add(new PlannedMount("/tmp", null, ReadOnly: false, TemporarySize));
        // A mount below another comes after it.
        return [.. mounts.OrderBy(static m => m.Target, StringComparer.Ordinal)];
    }
}
