using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving.Volumes;

/// <summary>Rules of a container's volume mounts.</summary>
internal static class MountRules
{
    public static void Validate(Container container, RevisionSpec spec, FeaturesConfig features, FieldErrors errors)
    {
        var paths = new HashSet<string>();
        for (var i = 0; i < container.VolumeMounts.Count; i++)
        {
            using var _ = errors.In("volumeMounts", i);
            var mount = container.VolumeMounts[i];
            ValidatePath(mount.MountPath, paths, errors);
            ValidateVolume(mount, spec, errors);
            if (!string.IsNullOrEmpty(mount.SubPathExpr)) errors.Disallowed("subPathExpr");
            if (string.IsNullOrEmpty(mount.MountPropagation)) continue;
            if (!features.IsEnabled(FeaturesConfig.MountPropagation)) errors.Disallowed("mountPropagation");
            else if (mount.MountPropagation is not ("None" or "HostToContainer"))
                errors.Invalid(mount.MountPropagation, "mountPropagation");
        }
    }

    private static void ValidatePath(string path, HashSet<string> paths, FieldErrors errors)
    {
        if (path.Length == 0) errors.Missing("mountPath");
        else if (path is "/" or "/dev" or "/dev/log") errors.Say($"mountPath \"{path}\" is a reserved path", "mountPath");
        else if (path[0] != '/' || path.Length > 1 && path[^1] == '/' || path.Contains("//", StringComparison.Ordinal)
            || path.Split('/').Any(static step => step is "." or ".."))
            errors.Invalid(path, "mountPath", "must be an absolute path without . or .. or a slash at the end");
        else if (!paths.Add(path)) errors.Invalid($"\"{path}\" must be unique", "mountPath");
    }

    private static void ValidateVolume(VolumeMount mount, RevisionSpec spec, FieldErrors errors)
    {
        var volume = spec.Volumes.FirstOrDefault(v => v.Name == mount.Name);
        if (volume is null) errors.Explain("volumeMount has no matching volume", "name", $"there is no volume \"{mount.Name}\"");
        else if (!mount.ReadOnly && volume is { EmptyDir: null, PersistentVolumeClaim: null, Ephemeral: null })
            errors.Say("volume mount should be readOnly for this type of volume", "readOnly");
    }
}
