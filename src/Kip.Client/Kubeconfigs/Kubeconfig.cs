using System.Text;
using Kip.Resources.Yaml;

namespace Kip.Client.Kubeconfigs;

/// <summary>The clusters, users and contexts that the kubeconfig files name; of several files the first to name something wins.</summary>
public sealed class Kubeconfig
{
    private readonly IReadOnlyList<(string File, MapNode Root)> _files;

    private Kubeconfig(IReadOnlyList<(string File, MapNode Root)> files) => _files = files;

    /// <summary>The context that is used when none is named; null when the files name none.</summary>
    public string? CurrentContext => _files.Select(static f => f.Root.Text("current-context")).FirstOrDefault(static c => !string.IsNullOrEmpty(c));

    /// <summary>The names of all contexts.</summary>
    public IReadOnlyList<string> Contexts =>
        [.. _files.SelectMany(static f => Entries(f.Root, "contexts")).Select(static e => e.Text("name")!).Distinct(StringComparer.Ordinal)];

    /// <summary>Reads the files that count: the one named, else those of <c>KUBECONFIG</c>, else <c>~/.kube/config</c>.</summary>
    /// <param name="path">What <c>--kubeconfig</c> says; null or empty when it says nothing.</param>
    /// <param name="environment">Reads an environment variable; null: the process's own.</param>
    /// <exception cref="KubeconfigException">A named file is missing, or a file cannot be read.</exception>
    public static Kubeconfig Load(string? path = null, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        if (!string.IsNullOrEmpty(path)) return Read([path]) ?? throw new KubeconfigException($"there is no kubeconfig {path}");
        if (environment("KUBECONFIG") is { Length: > 0 } list)
            return Read(list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
                ?? throw new KubeconfigException($"KUBECONFIG names {list}, and there is no such file");
        var usual = Path.Combine(environment("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config");
        return Read([usual])
            ?? throw new KubeconfigException($"there is no kubeconfig: {usual} does not exist. Name one with --kubeconfig or KUBECONFIG");
    }

    /// <summary>Everything about one context.</summary>
    /// <param name="name">Null or empty: the current one.</param>
    /// <exception cref="KubeconfigException">Something it refers to is missing, or it asks for what is not supported.</exception>
    public KubeconfigContext Resolve(string? name = null)
    {
        var sources = string.Join(", ", _files.Select(static f => f.File));
        var wanted = !string.IsNullOrEmpty(name) ? name : CurrentContext;
        if (wanted is null && Contexts.Count == 0) throw new KubeconfigException($"{sources} names no context, so there is no platform to talk to");
        if (wanted is null) throw new KubeconfigException($"{sources} has no current-context: name one of {string.Join(", ", Contexts)}");
        var (file, context) = Find("contexts", "context", wanted)
            ?? throw new KubeconfigException($"{sources} has no context \"{wanted}\": it has {string.Join(", ", Contexts)}");
        var (clusterFile, cluster) = Find("clusters", "cluster", context.Text("cluster") ?? "")
            ?? throw new KubeconfigException($"{file}: context \"{wanted}\" names the cluster \"{context.Text("cluster")}\", which is not there");
        var userName = context.Text("user") ?? "";
        if (Find("users", "user", userName) is not var (userFile, user))
        {
            if (userName.Length > 0) throw new KubeconfigException($"{file}: context \"{wanted}\" names the user \"{userName}\", which is not there");
            (userFile, user) = (file, new MapNode(0));
        }
        Refuse(userFile, userName, user);
        return new KubeconfigContext
        {
            Name = wanted,
            Source = file,
            Server = ServerOf(clusterFile, cluster),
            Namespace = context.Text("namespace") is { Length: > 0 } ns ? ns : "default",
            CertificateAuthority = Pem(clusterFile, cluster, "certificate-authority"),
            TlsServerName = cluster.Text("tls-server-name"),
            InsecureSkipTlsVerify = cluster.Text("insecure-skip-tls-verify") == "true",
            Proxy = cluster.Text("proxy-url") is { Length: > 0 } proxy ? new Uri(proxy) : null,
            Token = user.Text("token"),
            TokenFile = user.Text("tokenFile") is { Length: > 0 } tokenFile ? Beside(userFile, tokenFile) : null,
            ClientCertificate = Pem(userFile, user, "client-certificate"),
            ClientKey = Pem(userFile, user, "client-key"),
        };
    }

    internal static MapNode ReadFile(string file)
    {
        try
        {
            var documents = YamlReader.Read(File.ReadAllText(file));
            return documents.Count == 0 || documents[0] is null
                ? new MapNode(0)
                : documents[0]!.Root as MapNode ?? throw new KubeconfigException(
                    $"{file} is not a kubeconfig: it must be a map with clusters, users and contexts");
        }
        catch (DocumentException e)
        {
            throw new KubeconfigException($"{file}, line {e.Line}: this is not YAML: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"{file} cannot be read: {e.Message}");
        }
    }

    internal static IEnumerable<MapNode> Entries(MapNode root, string list) =>
        root.Get(list) is ListNode entries ? entries.Items.OfType<MapNode>().Where(static e => e.Text("name") is not null) : [];

    private static Kubeconfig? Read(IEnumerable<string> files)
    {
        (string, MapNode)[] read = [.. files.Where(File.Exists).Select(static file => (file, ReadFile(file)))];
        return read.Length == 0 ? null : new Kubeconfig(read);
    }

    private static void Refuse(string file, string name, MapNode user)
    {
        const string Instead = "Kip runs no programs for credentials: put a token or a client certificate there";
        if (user.Get("exec") is not null) throw new KubeconfigException($"{file}: user \"{name}\" gets its credentials from an exec plugin. {Instead}");
        if (user.Get("auth-provider") is not null) throw new KubeconfigException($"{file}: user \"{name}\" uses an auth-provider. {Instead}");
        if (user.Get("username") is not null)
            throw new KubeconfigException($"{file}: user \"{name}\" signs in by password, which Kubernetes no longer takes. {Instead}");
    }

    private static Uri ServerOf(string file, MapNode cluster)
    {
        var server = cluster.Text("server") ?? "";
        return Uri.TryCreate(server, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new KubeconfigException($"{file}: the server \"{server}\" is not an address such as https://127.0.0.1:6443");
    }

    // Inline data wins over a file, as in client-go.
    private static string? Pem(string file, MapNode entry, string field)
    {
        try
        {
            if (entry.Text($"{field}-data") is { Length: > 0 } data) return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            return entry.Text(field) is { Length: > 0 } path ? File.ReadAllText(Beside(file, path)) : null;
        }
        catch (FormatException)
        {
            throw new KubeconfigException($"{file}: {field}-data is not base64");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"{file}: {field} cannot be read: {e.Message}");
        }
    }

    private static string Beside(string file, string path) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, path);

    private (string File, MapNode Entry)? Find(string list, string part, string name)
    {
        foreach (var (file, root) in _files)
            foreach (var entry in Entries(root, list))
                if (entry.Text("name") == name) return (file, entry.Get(part) as MapNode ?? new MapNode(0));
        return null;
    }
}
