using System.Text;
using Kip.Resources.Yaml;

namespace Kip.Client.Kubeconfigs;

/// <summary>Writes a context into a kubeconfig file without touching what else is in it.</summary>
public static class KubeconfigMerge
{
    /// <summary>Adds or replaces the context, and the cluster and the user of the same name, and makes it the current one.</summary>
    /// <remarks>The file is made if it is not there, is replaced in one step, and only its owner can read it. Comments in it are lost.</remarks>
    /// <exception cref="KubeconfigException">What is there is not a kubeconfig.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, KubeconfigContext context)
    {
        var root = File.Exists(path) ? Kubeconfig.ReadFile(path) : new MapNode(0);
        if (root.Get("apiVersion") is null) root.Set("apiVersion", ScalarNode.String("v1"));
        if (root.Get("kind") is null) root.Set("kind", ScalarNode.String("Config"));
        Put(root, "clusters", "cluster", context.Name, Cluster(context));
        Put(root, "users", "user", context.Name, User(context));
        Put(root, "contexts", "context", context.Name, Map(("cluster", context.Name), ("user", context.Name), ("namespace", context.Namespace)));
        root.Set("current-context", ScalarNode.String(context.Name));
        Replace(path, YamlWriter.Write(root));
    }

    private static MapNode Cluster(KubeconfigContext context)
    {
        var cluster = Map(
            ("server", context.Server.ToString().TrimEnd('/')), ("certificate-authority-data", Base64(context.CertificateAuthority)),
            ("tls-server-name", context.TlsServerName), ("proxy-url", context.Proxy?.ToString()));
        if (context.InsecureSkipTlsVerify) cluster.Set("insecure-skip-tls-verify", new ScalarNode(0, ScalarKind.Bool, "true", "true"));
        return cluster;
    }

    private static MapNode User(KubeconfigContext context) => Map(
        ("token", context.Token), ("tokenFile", context.TokenFile), ("client-certificate-data", Base64(context.ClientCertificate)),
        ("client-key-data", Base64(context.ClientKey)));

    private static string? Base64(string? text) => text is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static MapNode Map(params ReadOnlySpan<(string Key, string? Value)> entries)
    {
        var map = new MapNode(0);
        foreach (var (key, value) in entries)
            if (value is not null) map.Set(key, ScalarNode.String(value));
        return map;
    }

    private static void Put(MapNode root, string list, string part, string name, MapNode value)
    {
        if (root.Get(list) is not ListNode entries) root.Set(list, entries = new ListNode(0));
        var entry = Kubeconfig.Entries(root, list).FirstOrDefault(e => e.Text("name") == name);
        if (entry is null) entries.Items.Add(entry = new MapNode(0) { Entries = { new("name", 0, ScalarNode.String(name)) } });
        entry.Set(part, value);
    }

    private static void Replace(string path, string text)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId}");
        var owned = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) owned.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, owned)) stream.Write(Encoding.UTF8.GetBytes(text));
        File.Move(temporary, path, overwrite: true);
    }
}
