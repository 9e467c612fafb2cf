using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Bundles;
using Kip.Runtime.Environment;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;
using Kip.Runtime.Processes;
using Kip.Runtime.Recovery;

namespace Kip.Runtime.ProcessPods;

/// <summary>Works out what a container's process is: its program, arguments, environment and folder.</summary>
internal static class ProcessSetup
{
    /// <summary>What to start.</summary>
    /// <exception cref="ContainerSetupException">It cannot be started as it is declared; carries the kubelet's reason.</exception>
    public static async Task<(ProcessStart Start, Bundle Bundle)> PrepareAsync(PodHost host, Pod pod, Container container, CancellationToken cancel)
    {
        var bundle = FindBundle(host.Bundles, container);
        RefuseWhatProcessesLack(pod, container);
        var folder = host.FolderOf(pod);
        var temporary = Directory.CreateDirectory(Path.Combine(folder, "tmp")).FullName;
        var home = Directory.CreateDirectory(Path.Combine(folder, "home")).FullName;
        var sources = await EnvironmentSources.ReadAsync(host.Resources, pod.Metadata.Namespace, container, cancel);
        StringMap environment;
        try
        {
            var defaults = HostEnvironment.Variables.With(host.Options.Environment)
                .With(StringMap.Of(("HOME", home), ("TMPDIR", temporary), ("HOSTNAME", pod.Metadata.Name)))
                .With(bundle.Manifest.Environment);
            environment = ContainerEnvironment.Build(pod, container, sources, defaults, Given(host, pod, container));
        }
        catch (EnvironmentException wrong)
        {
            throw new ContainerSetupException("CreateContainerConfigError", wrong.Message);
        }
        return (Command(bundle, container, environment), bundle);
    }

    private static Bundle FindBundle(BundleStore bundles, Container container)
    {
        if (bundles.ResolveNamed(container.Image) is { } bundle) return bundle;
        if (!BundleImage.TryParse(container.Image, out _))
            throw new ContainerSetupException("CreateContainerConfigError",
                $"container \"{container.Name}\" has the image \"{container.Image}\", and another of this pod a bundle: bundles run as processes and "
                + "images as containers, and one pod is either; make an image of the bundle or a pod of each");
        var never = container.ImagePullPolicy == "Never";
        throw new ContainerSetupException(never ? "ErrImageNeverPull" : "ErrImagePull",
            $"bundle {container.Image} is not in this platform's data folder; build it again with 'kip deploy DIR'");
    }

    private static void RefuseWhatProcessesLack(Pod pod, Container container)
    {
        if (!pod.Spec.InitContainers.IsEmpty)
            throw new ContainerSetupException("CreateContainerConfigError", "initContainers are not run for processes; do their work in the program's start");
        foreach (var mount in container.VolumeMounts)
            throw new ContainerSetupException("CreateContainerConfigError",
                $"volume \"{mount.Name}\" cannot be mounted at {mount.MountPath}: a process has no file system of its own; "
                + "pass ConfigMaps and Secrets as env or envFrom, and write files below $TMPDIR");
    }

    private static StringMap Given(PodHost host, Pod pod, Container container)
    {
        var given = StringMap.Of((ProcessMarks.RuntimeVariable, host.Marks.RuntimeId), (ProcessMarks.PodVariable, pod.Metadata.Uid ?? ""));
        return ReferenceEquals(ServingPort.Container(pod.Spec), container) && ServingPort.Given(pod) is { } port
            ? given.With("PORT", port.ToString())
            : given;
    }

    /// <summary>command replaces the bundle's own, args follow either: Docker's ENTRYPOINT and CMD.</summary>
    private static ProcessStart Command(Bundle bundle, Container container, StringMap environment)
    {
        // Only what the manifest says is expanded; the bundle's own command is for the shell it names, if any.
        var words = (container.Command.IsEmpty ? bundle.Manifest.Command : Expand(container.Command, environment))
            .Concat(Expand(container.Args, environment)).ToValueList();
        var folder = string.IsNullOrEmpty(container.WorkingDir) ? bundle.Content : Path.Combine(bundle.Content, container.WorkingDir);
        var path = environment.Get("PATH");
        var program = words.IsEmpty ? null
            : ProgramPath.Find(words[0], bundle.Content, path) ?? ProgramPath.Find(Path.GetFileName(words[0]), bundle.Content, path);
        if (program is null)
            throw new ContainerSetupException("StartError", $"exec \"{(words.IsEmpty ? "" : words[0])}\": executable file not found in the bundle or in $PATH");
        return new ProcessStart { Program = program, Arguments = words, Environment = environment, WorkingDirectory = folder };
    }

    private static ValueList<string> Expand(ValueList<string> words, StringMap environment) =>
        words.Select(word => VariableExpansion.Expand(word, environment)).ToValueList();
}
