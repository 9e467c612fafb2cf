using Kip.Resources;

namespace Kip.Runtime.Environment;

/// <summary>The few variables of the platform's own environment that every process needs; nothing else is passed on.</summary>
public static class HostEnvironment
{
    private static readonly string[] PassedOn = ["PATH", "LANG", "LC_ALL", "TZ", "USER", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR"];

    /// <summary>PATH and the locale; DOTNET_ROOT, by which .NET programs find their runtime.</summary>
    public static StringMap Variables { get; } = Read();

    private static StringMap Read()
    {
        var passed = PassedOn
            .Select(static name => new KeyValuePair<string, string>(name, System.Environment.GetEnvironmentVariable(name) ?? ""))
            .Where(static v => v.Value.Length > 0);
        var variables = StringMap.From(passed);
        if (!variables.ContainsKey("PATH")) variables = variables.With("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        // …/shared/Microsoft.NETCore.App/10.0.0/System.Private.CoreLib.dll: three folders up is where dotnet is installed.
        var core = Path.GetDirectoryName(typeof(object).Assembly.Location);
        var root = core is null ? null : Path.GetFullPath(Path.Combine(core, "..", "..", ".."));
        return root is not null && File.Exists(Path.Combine(root, "dotnet")) ? variables.With("DOTNET_ROOT", root) : variables;
    }
}
