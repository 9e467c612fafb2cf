using System.Net;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Probes;

/// <summary>Asks a probe's question once.</summary>
public sealed class Prober(TimeProvider time) : IDisposable
{
    private readonly GrpcProbe _grpc = new();

    /// <summary>Asks whether requests can come. Where an exec probe judges the container that serves a Revision, its port must accept, too.</summary>
    /// <remarks>
    /// As Knative's queue-proxy, which asks the port while the kubelet runs the program: a program that judges well may judge before it listens.
    /// </remarks>
    public async Task<ProbeAnswer> AskReadinessAsync(Probe probe, ProbeTarget target, CancellationToken cancel)
    {
        var answer = await AskAsync(probe, target, cancel);
        if (!answer.Success || probe.Exec is null || !target.ServesRevision) return answer;
        return await AskAsync(probe with { Exec = null, TcpSocket = new TcpSocketAction { Port = UserPort.Name } }, target, cancel);
    }

    /// <summary>Asks; no answer in time is a failure.</summary>
    public async Task<ProbeAnswer> AskAsync(Probe probe, ProbeTarget target, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(ProbeSettings.Of(probe).Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            return await AskOnceAsync(probe, target, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return ProbeAnswer.Failure("context deadline exceeded");
        }
    }

    public void Dispose() => _grpc.Dispose();

    /// <summary>The port that a probe asks for nothing but whether it accepts, if it is one of this machine.</summary>
    internal static LoopbackPort? PortOnly(Probe probe, ProbeTarget target) =>
        probe is { Exec: null, HttpGet: null, Grpc: null } && AddressOf(probe, target) is { } address ? LoopbackPort.At(address) : null;

    private Task<ProbeAnswer> AskOnceAsync(Probe probe, ProbeTarget target, CancellationToken cancel)
    {
        if (probe.Exec is { } exec) return RunAsync(exec, target, cancel);
        if (AddressOf(probe, target) is not { } address)
            return Task.FromResult(ProbeAnswer.Failure(
                $"couldn't find port: {(probe.HttpGet?.Port ?? probe.TcpSocket?.Port)?.ToString() ?? "the container declares none"}"));
        if (probe.HttpGet is { } get) return HttpProbe.AskAsync(address, get, address is DnsEndPoint name ? $"{name.Host}:{name.Port}" : $"{address}", cancel);
        return probe.Grpc is { } check ? _grpc.AskAsync((IPEndPoint)address, check.Service, cancel) : TcpProbe.AskAsync(address, cancel);
    }

    // Null: the container has no such port.
    private static EndPoint? AddressOf(Probe probe, ProbeTarget target)
    {
        var port = probe.HttpGet is { } http ? target.Port(http.Port)
            : probe.Grpc is { } grpc ? target.Port(grpc.Port)
            : target.Port(probe.TcpSocket?.Port);
        if (port is not { } number) return null;
        var named = probe.HttpGet?.Host ?? probe.TcpSocket?.Host;
        var host = string.IsNullOrEmpty(named) ? target.Address : named;
        return IPAddress.TryParse(host, out var ip) ? new IPEndPoint(ip, number) : new DnsEndPoint(host, number);
    }

    private static async Task<ProbeAnswer> RunAsync(ExecAction exec, ProbeTarget target, CancellationToken cancel)
    {
        if (exec.Command.IsEmpty) return ProbeAnswer.Failure("exec probe without a command");
        RunningProcess process;
        try
        {
            process = await target.Exec(exec.Command, ProcessStreams.None, cancel);
        }
        catch (ProcessStartException failed)
        {
            return ProbeAnswer.Failure(failed.Message);
        }
        try
        {
            var exit = await process.Exited.WaitAsync(cancel);
            return exit.Code == 0 ? ProbeAnswer.Ok : ProbeAnswer.Failure($"command {exec.Command[0]} exited with {exit.Code}");
        }
        finally
        {
            process.Kill();
        }
    }
}
