using System.Threading.Channels;

namespace AccessLogWebhook.Tests.Support;

/// <summary>The requests for one path of a <see cref="FakeApiServer"/>, in the order in which they came.</summary>
internal sealed class FakeCollection
{
    private readonly Channel<FakeRequest> requests = Channel.CreateUnbounded<FakeRequest>();

    /// <summary>How many requests have come that the test has not taken.</summary>
    public int Waiting => requests.Reader.Count;

    /// <summary>Gets the requests in place of <see cref="NextAsync"/>.</summary>
    public Action<FakeRequest>? Taker { get; set; }

    public void Add(FakeRequest request)
    {
        if (Taker is { } taker)
        {
            taker(request);
        }
        else
        {
            requests.Writer.TryWrite(request);
        }
    }

    /// <summary>Ends when a request has come that the test has not taken.</summary>
    public Task ComesAsync() => requests.Reader.WaitToReadAsync().AsTask();

    /// <summary>The next request, which the test is to answer.</summary>
    public Task<FakeRequest> NextAsync() => requests.Reader.ReadAsync().AsTask().WaitAsync(TestTime.Patience);
}
