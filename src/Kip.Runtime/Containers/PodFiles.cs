using System.Net;
using System.Text;
using System.Text.Json;
using Kip.Resources.Core;
using Kip.Runtime.Containers.Spec;

namespace Kip.Runtime.Containers;

/// <summary>The few files of <c>/etc</c> that a pod's containers are given: who they are, and whom to ask for names.</summary>
internal static class PodFiles
{
    private static string Folder(string podFolder) => Path.Combine(podFolder, "etc");

    public static string MessageFile(string podFolder, string container) => Path.Combine(Folder(podFolder), $"{container}.termination");

    /// <summary>Writes them for a pod.</summary>
    public static void Write(string podFolder, Pod pod, IPAddress address, IPAddress resolver)
    {
        var folder = Directory.CreateDirectory(Folder(podFolder)).FullName;
        File.WriteAllText(Path.Combine(folder, "hostname"), ContainerPlanner.Hostname(pod) + "\n");
        File.WriteAllText(Path.Combine(folder, "hosts"), Hosts(pod, address));
        File.WriteAllText(Path.Combine(folder, "resolv.conf"), Resolvers(pod, resolver));
        foreach (var container in pod.Spec.InitContainers.Concat(pod.Spec.Containers))
        {
            var message = MessageFile(podFolder, container.Name);
            File.WriteAllText(message, "");
            // Whoever the container runs as writes there.
            File.SetUnixFileMode(message, (UnixFileMode)0b110_110_110);
        }
    }

    /// <summary>How a container sees them.</summary>
    public static IEnumerable<PlannedMount> Mounts(string podFolder, Container container)
    {
        foreach (var file in (string[])["hostname", "hosts", "resolv.conf"])
            yield return new PlannedMount($"/etc/{file}", Path.Combine(Folder(podFolder), file), ReadOnly: true);
        var message = string.IsNullOrEmpty(container.TerminationMessagePath) ? "/dev/termination-log" : container.TerminationMessagePath;
        yield return new PlannedMount(message, MessageFile(podFolder, container.Name), ReadOnly: false);
    }

    internal static string Hosts(Pod pod, IPAddress address)
    {
        var text = new StringBuilder("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
        text.Append(address).Append('\t').Append(ContainerPlanner.Hostname(pod)).Append('\n');
        if (pod.Spec.HostAliases is not { } aliases) return text.ToString();
        using var json = JsonDocument.Parse(aliases.Text);
        foreach (var alias in json.RootElement.EnumerateArray())
            text.Append(alias.GetProperty("ip").GetString()).Append('\t')
                .AppendJoin('\t', alias.GetProperty("hostnames").EnumerateArray().Select(static h => h.GetString())).Append('\n');
        return text.ToString();
    }

    /// <summary>Kubernetes' search list and ndots, so that names are found as there; <c>dnsPolicy: None</c> and <c>dnsConfig</c> as there, too.</summary>
    internal static string Resolvers(Pod pod, IPAddress resolver)
    {
        var @namespace = pod.Metadata.Namespace;
        var none = pod.Spec.DnsPolicy == "None";
        List<string> servers = none ? [] : [resolver.ToString()];
        List<string> search = none || pod.Spec.DnsPolicy == "Default" ? [] : [$"{@namespace}.svc.cluster.local", "svc.cluster.local", "cluster.local"];
        List<string> options = none || pod.Spec.DnsPolicy == "Default" ? [] : ["ndots:5"];
        if (pod.Spec.DnsConfig is { } config)
        {
            using var json = JsonDocument.Parse(config.Text);
            servers.AddRange(Strings(json.RootElement, "nameservers"));
            search.AddRange(Strings(json.RootElement, "searches"));
            if (json.RootElement.TryGetProperty("options", out var list))
                foreach (var option in list.EnumerateArray())
                {
                    var name = option.GetProperty("name").GetString()!;
                    options.RemoveAll(o => o.Split(':')[0] == name);
                    options.Add(option.TryGetProperty("value", out var value) && value.GetString() is { } text ? $"{name}:{text}" : name);
                }
        }
        var file = new StringBuilder();
        foreach (var server in servers) file.Append("nameserver ").Append(server).Append('\n');
        if (search.Count > 0) file.Append("search ").AppendJoin(' ', search).Append('\n');
        if (options.Count > 0) file.Append("options ").AppendJoin(' ', options).Append('\n');
        return file.ToString();
    }

    private static IEnumerable<string> Strings(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) ? list.EnumerateArray().Select(static v => v.GetString()!) : [];
}
