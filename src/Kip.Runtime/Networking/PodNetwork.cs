using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using Kip.Runtime.Containers;
using Kip.Runtime.Networking.Dns;
using Kip.Runtime.Processes;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Kip.Runtime.Networking;

/// <summary>The network of this platform's pods: a bridge, a namespace with an address for each pod, the way out, and names.</summary>
internal sealed partial class PodNetwork : IAsyncDisposable
{
    /// <summary>In the data folder: the subnet of this platform's pods.</summary>
    public const string SubnetFile = "pod-subnet";

    private readonly OwnThread _thread = new("kip-network");
    private readonly ConcurrentQueue<PodNetns> _ready = new();
    private readonly PlatformNames _names;
    private readonly ContainerOptions _options;
    private readonly ILogger _logger;
    private readonly Netlink _netlink = new();
    private readonly AddressPool _addresses;
    private readonly int _mtu;
    private readonly int _bridge;
    private int _filling;
    private bool _disposed;
    private ClusterResolver _resolver = null!;

    private PodNetwork(PlatformNames names, ContainerOptions options, Subnet subnet, ILogger logger)
    {
        (_names, _options, _logger, Subnet) = (names, options, logger, subnet);
        _addresses = new AddressPool(subnet, (uint)Random.Shared.Next((int)subnet.Size));
        _mtu = Mtu();
        _netlink.AddBridge(names.Bridge, _mtu);
        _bridge = (int)LibC.InterfaceIndex(names.Bridge);
        _netlink.AddAddress(_bridge, subnet.Gateway, subnet.Prefix);
    }

    /// <summary>The pods' addresses; the first is the bridge's, under which pods reach the gateway.</summary>
    public Subnet Subnet { get; }

    /// <summary>Brings everything up.</summary>
    /// <exception cref="IOException">The kernel or the firewall refuses; nothing is left half made.</exception>
    public static async Task<PodNetwork> StartAsync(
        PlatformNames names, string dataDirectory, string runtimeId, ContainerOptions options, TimeProvider time, ILogger logger, CancellationToken cancel)
    {
        ContainerSweep.RemoveLinks(names);
        var network = Open(names, dataDirectory, runtimeId, options, logger);
        try
        {
            await network.ServeAsync(time, cancel);
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
        return network;
    }

    /// <summary>A namespace with an address: one that stands ready, else a new one.</summary>
    /// <exception cref="IOException">All addresses are given, or the kernel refuses.</exception>
    public async Task<PodNetns> TakeAsync()
    {
        var found = _ready.TryDequeue(out var netns);
        Refill();
        return found ? netns! : await _thread.RunAsync(Make);
    }

    /// <summary>Takes a namespace and its address back; nothing may run in it any more.</summary>
    public Task ReleaseAsync(PodNetns netns) => _thread.RunAsync(() => Unmake(netns));

    /// <summary>Has namespaces made until as many stand ready as are wanted.</summary>
    public void Refill()
    {
        if (_ready.Count >= _options.PreparedNetworks || Interlocked.Exchange(ref _filling, 1) != 0) return;
        _ = FillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        while (_ready.TryDequeue(out var netns)) await ReleaseAsync(netns);
        _thread.Dispose();
        if (_resolver is not null) await _resolver.DisposeAsync();
        await Firewall.RemoveAsync(_names.Table);
        ContainerSweep.RemoveLinks(_names);
        _netlink.Dispose();
    }

    private static PodNetwork Open(PlatformNames names, string dataDirectory, string runtimeId, ContainerOptions options, ILogger logger)
    {
        Directory.CreateDirectory("/run/kip");
        // Platforms that start side by side must not choose the same subnet: each sees the bridge of the one before.
        using var turn = new FileLock("/run/kip/network.lock");
        var kept = Path.Combine(dataDirectory, SubnetFile);
        var routes = SubnetChoice.Routes(File.ReadLines("/proc/net/route"));
        Subnet? subnet = options.PodSubnet;
        if (subnet is null && File.Exists(kept) && Subnet.TryParse(File.ReadAllText(kept).Trim(), out var before) && !routes.Any(before.Value.Overlaps))
            subnet = before;
        subnet ??= SubnetChoice.Choose(runtimeId, routes)
            ?? throw new IOException("no subnet in 10.89.0.0 … 10.127.255.255 is free for pods: the machine has routes for all; name one with --pod-subnet");
        var network = new PodNetwork(names, options, subnet.Value, logger);
        File.WriteAllText(kept, subnet.ToString());
        return network;
    }

    private async Task ServeAsync(TimeProvider time, CancellationToken cancel)
    {
        const string Forwarding = "/proc/sys/net/ipv4/ip_forward";
        if (File.ReadAllText(Forwarding).Trim() != "1")
        {
            File.WriteAllText(Forwarding, "1");
            LogForwarding();
        }
        var gateway = await _options.ListenForPods(Subnet.Gateway, cancel);
        _resolver = ClusterResolver.Start(Subnet, _options.ServesHost, HostResolvers.Read(), time, _logger);
        var api = _options.Identity is { } identity ? await identity.ListenAsync(Subnet.Gateway, cancel) : null;
        await Firewall.ApplyAsync(Firewall.Rules(_names.Table, _names.Bridge, Subnet, gateway.Port, _resolver.Ports, api?.Port));
        LogUp(_names.Bridge, Subnet.ToString());
        Refill();
    }

    private async Task FillAsync()
    {
        try
        {
            while (!_disposed && _ready.Count < _options.PreparedNetworks)
            {
                // One at a time: a pod that needs one now is served in between.
                _ready.Enqueue(await _thread.RunAsync(Make));
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ObjectDisposedException)
        {
            LogNotPrepared(e.Message);
        }
        finally
        {
            Volatile.Write(ref _filling, 0);
        }
    }

    /// <summary>On the network thread, which visits the new namespace and comes back.</summary>
    private PodNetns Make()
    {
        var offset = _addresses.Take() ?? throw new IOException($"all addresses of {Subnet} are given to pods; end other pods first");
        var link = _names.LinkPrefix + offset;
        using var home = Namespace();
        SafeFileHandle? made = null;
        try
        {
            Checked(LibC.Unshare(LibC.NewNetworkNamespace), "a network namespace");
            made = Namespace();
            var address = Subnet.At(offset);
            _netlink.AddPair(link, _bridge, (int)made.DangerousGetHandle(), _mtu);
            using var inside = new Netlink();
            inside.SetUp(1);
            var eth0 = (int)LibC.InterfaceIndex("eth0");
            inside.SetUp(eth0);
            inside.AddAddress(eth0, address, Subnet.Prefix);
            inside.AddDefaultRoute(eth0, Subnet.Gateway);
            return new PodNetns(made, address, offset, link);
        }
        catch
        {
            made?.Dispose();
            _netlink.Delete(link);
            _addresses.Release(offset);
            throw;
        }
        finally
        {
            Checked(LibC.EnterNamespace((int)home.DangerousGetHandle(), LibC.NewNetworkNamespace), "the way back from a network namespace");
        }
    }

    private void Unmake(PodNetns netns)
    {
        netns.Descriptor.Dispose();
        try
        {
            _netlink.Delete(netns.Link);
        }
        catch (IOException e)
        {
            LogNotRemoved(netns.Link, e.Message);
        }
        _addresses.Release(netns.Offset);
    }

    private static SafeFileHandle Namespace()
    {
        var descriptor = LibC.Open("/proc/thread-self/ns/net", LibC.CloseOnExec);
        Checked(descriptor, "the network namespace's descriptor");
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static int Mtu()
    {
        const int Usual = 1500;
        var link = SubnetChoice.DefaultLink(File.ReadLines("/proc/net/route"));
        return link is not null && File.Exists($"/sys/class/net/{link}/mtu") && int.TryParse(File.ReadAllText($"/sys/class/net/{link}/mtu"), out var mtu)
            ? mtu
            : Usual;
    }

    private static void Checked(int result, string what)
    {
        if (result < 0) throw new IOException($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LoggerMessage(640, LogLevel.Information, "Pods have the network {subnet} on the bridge {bridge}")]
    private partial void LogUp(string bridge, string subnet);

    [LoggerMessage(641, LogLevel.Warning, "The machine's net.ipv4.ip_forward was off and has been turned on: pods reach other machines through it")]
    private partial void LogForwarding();

    [LoggerMessage(642, LogLevel.Warning, "No network namespace could be prepared: {reason}")]
    private partial void LogNotPrepared(string reason);

    [LoggerMessage(643, LogLevel.Warning, "Link {link} could not be removed: {reason}")]
    private partial void LogNotRemoved(string link, string reason);
}
