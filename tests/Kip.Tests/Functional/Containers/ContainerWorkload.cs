using Kip.Testing.Images;
using Kip.Testing.Programs;

namespace Kip.Tests.Functional.Containers;

/// <summary>The conformance workload as a container: this build's kip over this machine's .NET.</summary>
internal static class ContainerWorkload
{
    private const string Reference = "kip.local/conformance-container:1";

    /// <summary>Loads the image into a platform.</summary>
    /// <returns>What manifests call it; null where there can be no containers.</returns>
    public static async Task<string?> LoadAsync(KipProgram kip)
    {
        if (!Environment.IsPrivilegedProcess) return null;
        var program = new ImageLayer().Directory("kip");
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(Repository.Kip)!).Where(static f => Path.GetExtension(f) is ".dll" or ".json"))
            program.Program($"kip/{Path.GetFileName(file)}", file);
        var archive = BaseImages.Dotnet().Layer(program, LayerCompression.None).Entrypoint("dotnet", "/kip/kip.dll", "conformance-app").Cmd()
            .Build().WriteOciArchive(Path.Combine(kip.Data, "conformance.tar"), Reference);
        (await kip.KipAsync("image", "load", archive, "--name", Reference)).Succeeded();
        File.Delete(archive);
        return Reference;
    }
}
