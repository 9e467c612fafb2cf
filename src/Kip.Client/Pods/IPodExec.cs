using Kip.Resources;

namespace Kip.Client.Pods;

/// <summary>Runs programs in containers that run already.</summary>
public interface IPodExec
{
    /// <summary>Runs a program until it ends, its client goes, or the container ends.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="ApiException">There is no such container, it does not run, or the program cannot be started.</exception>
    Task<int> ExecAsync(NamespacedName pod, PodExecOptions options, IPodExecClient client, CancellationToken cancel);

    /// <summary>Connects a client with a container's own program until that ends or the client goes. Nothing of what was written before is seen.</summary>
    /// <exception cref="ApiException">There is no such container, it does not run, or the client is too slow.</exception>
    Task AttachAsync(NamespacedName pod, PodAttachOptions options, IPodExecClient client, CancellationToken cancel);
}

/// <summary>What to connect with, as <c>kubectl attach</c> asks for it.</summary>
public sealed record PodAttachOptions
{
    /// <value>Null: the only container, or the default one.</value>
    public string? Container { get; init; }

    /// <summary>Whether what the client sends is the program's input.</summary>
    public bool Stdin { get; init; }
}

/// <summary>What to run, as <c>kubectl exec</c> asks for it.</summary>
public sealed record PodExecOptions
{
    /// <value>Null: the only container, or the default one.</value>
    public string? Container { get; init; }

    /// <summary>The program and its arguments.</summary>
    public required ValueList<string> Command { get; init; }

    /// <summary>Whether it gets an input.</summary>
    public bool Stdin { get; init; }

    /// <summary>Whether it gets a terminal: input and all output are then one.</summary>
    public bool Tty { get; init; }
}

/// <summary>Who asked for a program to be run.</summary>
public interface IPodExecClient
{
    /// <summary>The next piece of input. Null: it has ended.</summary>
    ValueTask<ReadOnlyMemory<byte>?> ReadInputAsync(CancellationToken cancel);

    /// <summary>Takes a piece of what the program writes; waits for a client that is slow.</summary>
    ValueTask WriteOutputAsync(bool isError, ReadOnlyMemory<byte> bytes, CancellationToken cancel);

    /// <summary>Called with what tells the terminal how large the client's window is.</summary>
    void OnResize(Action<int, int> resize);
}
