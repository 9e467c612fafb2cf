using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Kip.Testing.Images;

/// <summary>Images made of this machine's own Debian packages, since tests fetch nothing from elsewhere.</summary>
public static partial class BaseImages
{
    private static readonly string[] Applets =
    [
        "sh", "ls", "cat", "echo", "sleep", "env", "id", "wget", "httpd", "nc", "ps", "kill", "mkdir", "rm", "touch", "cp", "mv", "ln", "chmod", "stat",
        "head", "tail", "grep", "sed", "test", "[", "true", "false", "dd", "df", "mount", "hostname", "nslookup", "ip", "ping", "date", "seq", "printf",
    ];

    /// <summary>Debian's static busybox with its usual applets: a shell, httpd, wget, nc. Package busybox-static.</summary>
    public static ImageBuild Busybox() => new ImageBuild().Layer(BusyboxLayer()).Env("PATH=/bin").Cmd("sh");

    /// <summary>The layer of <see cref="Busybox"/>, to build upon.</summary>
    public static ImageLayer BusyboxLayer()
    {
        var layer = new ImageLayer().Directory("bin").Program("bin/busybox", Find("busybox"));
        foreach (var applet in Applets) layer.Symlink($"bin/{applet}", "busybox");
        return layer.Directory("tmp", (UnixFileMode)0x3FF).Directory("etc")
            .File("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\napp:x:1000:1000:app:/:/bin/sh\n")
            .File("etc/group", "root:x:0:\nnogroup:x:65534:\napp:x:1000:\n").Directory("root").Directory("dev").Directory("proc").Directory("sys");
    }

    /// <summary>Nothing but one static program at <c>/app</c>: an image from scratch.</summary>
    public static ImageBuild Scratch(string staticProgram) => new ImageBuild().Layer(new ImageLayer().Program("app", staticProgram)).Entrypoint("/app");

    /// <summary>A web server that answers every path below <c>/</c> with files: busybox's httpd on <c>$PORT</c>, or 8080.</summary>
    public static ImageBuild WebServer(string index) => new ImageBuild()
        .Layer(BusyboxLayer()).Layer(new ImageLayer().Directory("www").File("www/index.html", index))
        .Env("PATH=/bin").Entrypoint("/bin/sh", "-c", "exec busybox httpd -f -p ${PORT:-8080} -h /www").ExposedPort("8080/tcp")
        // Without a handler of its own, the first process of a container does not hear SIGTERM.
        .StopSignal("SIGKILL");

    /// <summary>Debian's C library and what .NET needs of it, with this machine's .NET and ASP.NET Core runtimes at <c>/usr/share/dotnet</c>.</summary>
    /// <remarks>The layer is not compressed: it is some 120 MB, and made for one test run.</remarks>
    public static ImageBuild Dotnet()
    {
        var home = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(typeof(object).Assembly.Location)))!;
        var root = Path.GetDirectoryName(home)!;
        var version = Path.GetFileName(Path.GetDirectoryName(typeof(object).Assembly.Location))!;
        var layer = new ImageLayer().Directory("tmp", (UnixFileMode)0x3FF).Directory("etc")
            .Directory("usr/share/dotnet").Program("usr/share/dotnet/dotnet", Path.Combine(root, "dotnet"));
        foreach (var part in (string[])[$"host/fxr/{version}", $"shared/Microsoft.NETCore.App/{version}", $"shared/Microsoft.AspNetCore.App/{version}"])
            if (Directory.Exists(Path.Combine(root, part))) layer.Tree($"usr/share/dotnet/{part}", Path.Combine(root, part));
        foreach (var library in LibrariesOf(
            [Path.Combine(root, "dotnet"), .. Directory.GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.so")]))
            layer.Program(library.TrimStart('/'), library);
        return new ImageBuild().Layer(layer, LayerCompression.None)
            .Env("PATH=/usr/share/dotnet:/bin", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1", "DOTNET_EnableDiagnostics=0").Cmd("dotnet", "--info");
    }

    /// <summary>Where a program of this machine is.</summary>
    public static string Find(string program) =>
        ((string[])["/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin"]).Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"{program} is not installed; ./test installs what the tests need", program);

    private static IEnumerable<string> LibrariesOf(IEnumerable<string> programs)
    {
        var start = new ProcessStartInfo("ldd") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var program in programs) start.ArgumentList.Add(program);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return Library().Matches(output).Select(static m => m.Value).Where(File.Exists).Distinct(StringComparer.Ordinal);
    }

    [GeneratedRegex(@"(?<=\s)/(?:usr/)?lib[^\s]*\.so[^\s]*")]
    private static partial Regex Library();
}
