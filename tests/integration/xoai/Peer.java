import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gdcc.xoai.dataprovider.DataProvider;
import io.gdcc.xoai.dataprovider.exceptions.handler.HandlerException;
import io.gdcc.xoai.dataprovider.exceptions.handler.IdDoesNotExistException;
import io.gdcc.xoai.dataprovider.filter.ScopedFilter;
import io.gdcc.xoai.dataprovider.model.Context;
import io.gdcc.xoai.dataprovider.model.Item;
import io.gdcc.xoai.dataprovider.model.ItemIdentifier;
import io.gdcc.xoai.dataprovider.model.MetadataFormat;
import io.gdcc.xoai.dataprovider.model.Set;
import io.gdcc.xoai.dataprovider.repository.ItemRepository;
import io.gdcc.xoai.dataprovider.repository.Repository;
import io.gdcc.xoai.dataprovider.repository.RepositoryConfiguration;
import io.gdcc.xoai.dataprovider.repository.ResultsPage;
import io.gdcc.xoai.dataprovider.repository.SetRepository;
import io.gdcc.xoai.model.oaipmh.DeletedRecord;
import io.gdcc.xoai.model.oaipmh.Granularity;
import io.gdcc.xoai.model.oaipmh.ResumptionToken;
import io.gdcc.xoai.model.oaipmh.results.record.Metadata;
import io.gdcc.xoai.services.impl.SimpleResumptionTokenFormat;
import io.gdcc.xoai.xml.XmlWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;

/**
 * Serves a pool of records with the XOAI library, the one of Dataverse and akin to DSpace's.
 *
 * <p>Argument: pool.tsv (identifier, datestamp, sets, deleted, metadata in base64). Listens on a
 * free port of this machine and prints its address as the first line.
 */
public final class Peer {
  private static final int PAGE = 100;

  private record Entry(String id, Instant stamp, List<Set> sets, boolean deleted, byte[] body)
      implements Item {
    @Override
    public String getIdentifier() {
      return id;
    }

    @Override
    public Instant getDatestamp() {
      return stamp;
    }

    @Override
    public List<Set> getSets() {
      return sets;
    }

    @Override
    public boolean isDeleted() {
      return deleted;
    }

    @Override
    public Metadata getMetadata() {
      return deleted ? null : Metadata.copyFromStream(new ByteArrayInputStream(body));
    }
  }

  /** The pool, oldest first, as the library wants to ask for it. */
  private static final class Pool implements ItemRepository, SetRepository {
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Entry> byId = new HashMap<>();
    private final Map<String, Set> sets = new TreeMap<>();

    Pool(Path file) throws IOException {
      for (String line : Files.readAllLines(file)) {
        String[] cell = line.split("\t", -1);
        List<Set> member =
            Arrays.stream(cell[2].split(";"))
                .filter(spec -> !spec.isEmpty())
                .map(spec -> sets.computeIfAbsent(spec, name -> new Set(name).withName(name)))
                .toList();
        byte[] body = Base64.getDecoder().decode(cell[4]);
        Entry entry =
            new Entry(cell[0], Instant.parse(cell[1]), member, cell[3].equals("1"), body);
        entries.add(entry);
        byId.put(entry.id, entry);
      }
      entries.sort(Comparator.comparing(Entry::stamp).thenComparing(Entry::id));
    }

    Instant earliest() {
      return entries.get(0).stamp;
    }

    @Override
    public boolean supportSets() {
      return true;
    }

    @Override
    public boolean exists(String spec) {
      return sets.containsKey(spec);
    }

    @Override
    public List<Set> getSets() {
      return List.copyOf(sets.values());
    }

    @Override
    public Item getItemIdentifier(String id) throws IdDoesNotExistException {
      Entry found = byId.get(id);
      if (found == null) {
        throw new IdDoesNotExistException("nothing here is called " + id);
      }
      return found;
    }

    @Override
    public Item getItem(String id, MetadataFormat format) throws HandlerException {
      return getItemIdentifier(id);
    }

    @Override
    public ResultsPage<Item> getItems(
        List<ScopedFilter> filters, MetadataFormat format, int size, ResumptionToken.Value token) {
      List<Item> found = new ArrayList<>(matching(filters, token));
      return page(found, size, token);
    }

    @Override
    public ResultsPage<ItemIdentifier> getItemIdentifiers(
        List<ScopedFilter> filters, MetadataFormat format, int size, ResumptionToken.Value token) {
      List<ItemIdentifier> found = new ArrayList<>(matching(filters, token));
      return page(found, size, token);
    }

    private List<Entry> matching(List<ScopedFilter> filters, ResumptionToken.Value token) {
      return entries.stream()
          .filter(entry -> filters.stream().allMatch(f -> f.getCondition().isItemShown(entry)))
          .filter(entry -> !token.hasFrom() || !entry.stamp.isBefore(token.getFrom()))
          .filter(entry -> !token.hasUntil() || !entry.stamp.isAfter(token.getUntil()))
          .filter(
              entry ->
                  !token.hasSetSpec()
                      || entry.sets.stream().anyMatch(s -> s.getSpec().equals(token.getSetSpec())))
          .toList();
    }

    private static <T> ResultsPage<T> page(List<T> found, int size, ResumptionToken.Value token) {
      int first = (int) Math.min(token.getOffset(), found.size());
      int last = Math.min(first + size, found.size());
      List<T> shown = found.subList(first, last);
      return new ResultsPage<>(token, last < found.size(), shown, found.size());
    }
  }

  public static void main(String[] arguments) throws Exception {
    Pool pool = new Pool(Path.of(arguments[0]));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/oai/request";
    RepositoryConfiguration configuration =
        new RepositoryConfiguration.RepositoryConfigurationBuilder()
            .withRepositoryName("XOAI peer")
            .withBaseUrl(address)
            .withAdminEmail("peer@example.org")
            .withEarliestDate(pool.earliest())
            .withDeleteMethod(DeletedRecord.PERSISTENT)
            .withGranularity(Granularity.Second)
            .withResumptionTokenFormat(new SimpleResumptionTokenFormat())
            .withMaxListRecords(PAGE)
            .withMaxListIdentifiers(PAGE)
            .withMaxListSets(PAGE)
            .build();
    Context context =
        new Context()
            .withMetadataFormat(
                new MetadataFormat()
                    .withPrefix("oai_dc")
                    .withNamespace("http://www.openarchives.org/OAI/2.0/oai_dc/")
                    .withSchemaLocation("http://www.openarchives.org/OAI/2.0/oai_dc.xsd"));
    Repository repository =
        new Repository(configuration).withItemRepository(pool).withSetRepository(pool);
    DataProvider provider = new DataProvider(context, repository);
    server.createContext(
        "/oai/request", exchange -> answer(exchange, provider, configuration));
    server.setExecutor(Executors.newFixedThreadPool(2));
    server.start();
    System.out.println(address);
  }

  private static void answer(
      HttpExchange exchange, DataProvider provider, RepositoryConfiguration configuration)
      throws IOException {
    int status = 200;
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (XmlWriter writer = new XmlWriter(body, configuration)) {
      writer.writeStartDocument();
      provider.handle(parameters(exchange.getRequestURI().getRawQuery())).write(writer);
      writer.writeEndDocument();
    } catch (Exception failure) {
      failure.printStackTrace();
      status = 500;
    }
    exchange.getResponseHeaders().set("Content-Type", "text/xml;charset=UTF-8");
    exchange.sendResponseHeaders(status, body.size());
    try (var out = exchange.getResponseBody()) {
      body.writeTo(out);
    }
  }

  private static Map<String, String[]> parameters(String query) {
    Map<String, String[]> found = new LinkedHashMap<>();
    for (String pair : query == null ? new String[0] : query.split("&")) {
      String[] sides = pair.split("=", 2);
      String value = sides.length > 1 ? sides[1] : "";
      found.put(
          URLDecoder.decode(sides[0], StandardCharsets.UTF_8),
          new String[] {URLDecoder.decode(value, StandardCharsets.UTF_8)});
    }
    return found;
  }
}
