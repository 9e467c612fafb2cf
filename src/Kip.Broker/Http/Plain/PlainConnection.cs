using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Kip.Brokers.Topics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Kip.Brokers.Http.Plain;

/// <summary>A sender's connection: one plain event after the other, until something comes that is not plain.</summary>
internal sealed class PlainConnection : IDisposable
{
    // The HTTP server's own patience; with a request that does not come to its end the server itself is left to deal.
    private const int MaxIdleSeconds = 130;
    private const int MaxPartialSeconds = 5;
    private const int MaxUnreadSeconds = 30;

    private readonly PlainIngress _plain;
    private readonly ConnectionContext _connection;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly PlainEvent _event = new();
    private readonly CancellationTokenRegistration _closing;
    private volatile Phase _phase;
    private volatile bool _isEnding;
    private int _turns;
    private int _seenTurns;
    private int _seconds;

    public PlainConnection(PlainIngress plain, ConnectionContext connection)
    {
        (_plain, _connection, _input, _output) = (plain, connection, connection.Transport.Input, connection.Transport.Output);
        connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static state => ((PlainConnection)state).Beat(), this);
        if (connection.Features.Get<IConnectionLifetimeNotificationFeature>() is { } lifetime)
            _closing = lifetime.ConnectionClosedRequested.UnsafeRegister(static state => ((PlainConnection)state!).End(), this);
    }

    private enum Phase
    {
        Idle,

        /// <summary>A request has begun to come.</summary>
        Partial,
        Working,

        /// <summary>The client is to read its answer.</summary>
        Answering,
        Over,
    }

    /// <summary>Takes events until the connection ends (false), or something comes that is for the HTTP server and is still in the input (true).</summary>
    public async Task<bool> ServeAsync()
    {
        while (!_isEnding)
        {
            var read = await _input.ReadAsync();
            var buffer = read.Buffer;
            if (buffer.IsEmpty)
            {
                _input.AdvanceTo(buffer.End);
                if (read.IsCompleted) return false;
                continue;
            }
            var verdict = _event.Read(buffer);
            if (verdict == PlainVerdict.Incomplete && !read.IsCompleted && !read.IsCanceled)
            {
                Turn(Phase.Partial);
                _input.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }
            if (verdict != PlainVerdict.Plain || _plain.Enter(_event.Topic, _event.BodyLength) is not { } topic)
            {
                _input.AdvanceTo(buffer.Start);
                return true;
            }
            if (!await TakeAsync(topic, buffer)) return false;
        }
        return false;
    }

    public void Dispose()
    {
        _phase = Phase.Over;
        _closing.Dispose();
    }

    // On disk, then acknowledged, then delivered. False: the connection is over.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TakeAsync(Topic topic, ReadOnlySequence<byte> buffer)
    {
        Turn(Phase.Working);
        var bytes = _event.BodyLength;
        try
        {
            var stored = _plain.Ingress.Store(topic, _event, buffer);
            // The record is a copy: the connection's memory is free before the disk has answered.
            _input.AdvanceTo(buffer.GetPosition(_event.Length));
            var answer = await _plain.Ingress.AcceptAsync(topic, stored, _event.Id, _event.Source, _event.Type);
            Turn(Phase.Answering);
            var flushed = await _output.WriteAsync(_plain.AnswerOf(answer, closes: _isEnding));
            if (answer.Status == 202) topic.Published();
            Turn(Phase.Idle);
            return !flushed.IsCompleted;
        }
        finally
        {
            _plain.Load.Leave(bytes);
        }
    }

    private void Turn(Phase phase)
    {
        if (_phase == phase) return;
        _phase = phase;
        _turns++;
    }

    // Once a second, on a thread of the server's.
    private void Beat()
    {
        if (_phase is Phase.Working or Phase.Over || _turns != _seenTurns)
        {
            (_seenTurns, _seconds) = (_turns, 0);
            return;
        }
        _seconds++;
        switch (_phase)
        {
            case Phase.Idle when _seconds > MaxIdleSeconds:
                End();
                break;
            case Phase.Partial when _seconds > MaxPartialSeconds:
                _input.CancelPendingRead();
                break;
            case Phase.Answering when _seconds > MaxUnreadSeconds:
                _connection.Abort(new ConnectionAbortedException("The client does not read its answers"));
                break;
        }
    }

    private void End()
    {
        _isEnding = true;
        _input.CancelPendingRead();
    }
}
