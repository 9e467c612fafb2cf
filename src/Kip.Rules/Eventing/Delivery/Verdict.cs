namespace Kip.Rules.Eventing.Delivery;

/// <summary>What an attempt's outcome means for the delivery.</summary>
public enum Verdict
{
    /// <summary>The subscriber has the event.</summary>
    Delivered,

    /// <summary>Another attempt may help.</summary>
    Retry,

    /// <summary>Another attempt cannot help.</summary>
    Fail,
}

/// <summary>Reads an answer's status as Knative's delivery contract does.</summary>
public static class DeliveryOutcome
{
    /// <summary>The code that stands for an attempt without an answer; error extensions show it as 500.</summary>
    public const int NoAnswer = -1;

    /// <summary>2xx is delivered; 404, 408, 409, 429, 5xx and no answer at all are tried again; the rest has failed.</summary>
    public static Verdict Of(int status) => status switch
    {
        >= 200 and < 300 => Verdict.Delivered,
        NoAnswer or 404 or 408 or 409 or 429 or >= 500 => Verdict.Retry,
        _ => Verdict.Fail,
    };

    /// <summary>Whether an answer's body may be a reply event: 202 says that there is none, whatever it carries.</summary>
    public static bool MayCarryReply(int status) => status is >= 200 and < 300 and not 202;
}
